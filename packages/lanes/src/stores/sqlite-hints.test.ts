import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchCommits } from './sqlite-hints.ts'

/** No test waits so long. */
const forEver = 3_600_000

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-hints-'))
  path = join(folder, 'state.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a commit of another connection ends every wait', async () => {
  using db = new DatabaseSync(path)
  db.exec('pragma journal_mode = wal; create table numbers (number integer)')
  const hints = watchCommits(path)
  const waits = [hints.wait(forEver), hints.wait(forEver)]

  using other = new DatabaseSync(path)
  other.exec('insert into numbers values (1)')

  expect(await Promise.all(waits)).toEqual(['hint', 'hint'])
  hints.close()
})

test('without a hint it ends in time, also where nothing can be watched; other files are none', async () => {
  const hints = watchCommits(path)
  const nowhere = watchCommits(join(folder, 'missing', 'state.db'))

  const waiting = hints.wait(50)
  writeFileSync(join(folder, 'another-file'), 'x')

  expect(await waiting).toBe('late')
  expect(await nowhere.wait(1)).toBe('late')
  hints.close()
  nowhere.close()
})

test('an abort ends it with its reason', async () => {
  const hints = watchCommits(path)
  const interrupt = new AbortController()

  const waiting = hints.wait(forEver, interrupt.signal).catch(String)
  interrupt.abort(new Error('no longer wanted'))

  expect(await waiting).toContain('no longer wanted')
  expect(await hints.wait(forEver, interrupt.signal).catch(String)).toContain('no longer wanted')
  hints.close()
})
