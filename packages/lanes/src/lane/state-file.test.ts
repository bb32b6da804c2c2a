import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSeenFile } from './last-seen-file.ts'
import { readStateFile, writeStateFile } from './state-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('gives back what was written last, and leaves nothing beside it', () => {
  const path = join(folder, 'new', 'state.json')

  writeStateFile(path, { format: 1, count: 1 })
  writeStateFile(path, { format: 1, count: 2 })

  expect(readStateFile(path)).toEqual({ format: 1, count: 2 })
  expect(readdirSync(join(folder, 'new'))).toEqual(['state.json'])
})

test('what cannot be written is not, without a word', () => {
  writeFileSync(join(folder, 'file'), '')

  expect(() => writeStateFile(join(folder, 'file', 'below.json'), {})).not.toThrow()
  expect(readStateFile(join(folder, 'file', 'below.json'))).toBeNull()
})

test.each(['', '{', '"text"', '{"format":1}', '{"format":9,"lanes":{"a":{}}}'])(
  'a file that says %j is as good as none',
  (text) => {
    const path = join(folder, 'seen.json')
    writeFileSync(path, text)

    expect(readSeenFile(path).size).toBe(0)
  },
)
