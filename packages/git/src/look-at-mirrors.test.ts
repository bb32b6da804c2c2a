import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lookAtMirrors } from './look-at-mirrors.ts'
import { openMirror } from './mirror.ts'
import { peekMirror } from './peek-mirror.ts'
import { scratchRepository } from './scratch-repository.ts'

test('mirrors are looked at, and neither made nor marked as used by it', async () => {
  await using scratch = await scratchRepository()
  const { cacheDir, remote } = scratch
  const nowMs = Date.now()
  await scratch.commit({ 'package.json': '{}', 'db/schema.rb': '' })
  const nothing = await lookAtMirrors({ cacheDir, nowMs })
  expect(await peekMirror({ cacheDir, remote, main: null })).toBeNull()
  expect(nothing).toMatchObject({ mirrors: [], prunable: { mirrors: [], worktrees: [] }, isAllCounted: true })
  expect(nothing.availableBytes).toBeGreaterThan(0)

  const mirror = await openMirror({ cacheDir, remote, timeoutMs: 30_000 })
  await mirror.fetch()
  await writeFile(join(mirror.path, 'large'), Buffer.alloc(100_000))
  const longAgo = new Date(nowMs - 40 * 24 * 3_600_000)
  await utimes(mirror.path, longAgo, longAgo)

  const files = await peekMirror({ cacheDir, remote, main: null })
  expect(await files?.readFile('package.json')).toBe('{}')
  expect(await files?.listFiles(['db'])).toEqual(['db/schema.rb'])
  expect(await peekMirror({ cacheDir, remote, main: 'other' })).toBeNull()
  const seen = await lookAtMirrors({ cacheDir, nowMs })
  expect(seen.mirrors).toMatchObject([{ path: mirror.path, usedMs: longAgo.getTime() }])
  expect(seen.mirrors[0]?.sizeBytes).toBeGreaterThan(100_000)
  expect(seen.prunable.mirrors).toEqual([mirror.path])
})
