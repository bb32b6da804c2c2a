import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TrainContext } from '../context.ts'
import { makePackedFolder } from './packed-folder.ts'

let cacheDir: string
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'packed-folder-'))
})
afterEach(() => rm(cacheDir, { recursive: true }))

const now = Date.now()
const make = () =>
  makePackedFolder({ cacheDir, trainName: 'engine', clock: { wallMs: () => now } as TrainContext['clock'] })

test('every check has a folder of its own, and those of long ago go', async () => {
  const old = await make()
  await writeFile(join(old, 'engine.tgz'), 'old')
  const longAgo = new Date(now - 8 * 24 * 3_600_000)
  await utimes(old, longAgo, longAgo)
  const recent = await make()

  const fresh = await make()

  expect((await readdir(join(cacheDir, 'packed'))).sort()).toEqual([basename(recent), basename(fresh)].sort())
})
