import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommitId, toCommitId } from '@conduct/core'
import { inspectCheckout } from './checkout.ts'
import { openMirror } from './mirror.ts'
import { type Scratch, scratchRepository } from './scratch-repository.ts'

let scratch: Scratch
let head: CommitId
beforeEach(async () => {
  scratch = await scratchRepository()
  head = toCommitId(await scratch.commit({ 'a.txt': 'one', '.gitignore': 'node_modules\n' }))
})
afterEach(() => scratch[Symbol.asyncDispose]())

const inspect = (more = {}) =>
  inspectCheckout({ path: scratch.clone, main: 'main', remoteHead: head, ...more })
const inClone = (...args: string[]) => scratch.git(scratch.clone, ...args)
const write = (path: string, text: string) => writeFile(join(scratch.clone, path), text)

test('a clean checkout on main has nothing to tell', async () => {
  await write('node_modules', 'ignored')

  expect(await inspect()).toEqual({
    branch: 'main',
    head,
    dirtyPaths: [],
    inProgress: null,
    unpushedCommits: 0,
    stashesOnMain: 0,
  })
})

test('sees changed, staged, deleted and untracked files', async () => {
  await write('a.txt', 'two')
  await write('staged.txt', 's')
  await inClone('add', 'staged.txt')
  await write('new file.txt', 'n')

  const { dirtyPaths } = await inspect()

  expect([...dirtyPaths].sort()).toEqual(['a.txt', 'new file.txt', 'staged.txt'])
})

test('counts unpushed commits on main, also from another branch and with a remote head never fetched', async () => {
  await write('a.txt', 'local')
  await inClone('commit', '--quiet', '--all', '--message', 'local work')
  await inClone('checkout', '--quiet', '-b', 'topic')
  const other = join(scratch.folder, 'other')
  await scratch.git(scratch.folder, 'clone', '--quiet', scratch.bare, other)
  await scratch.git(other, 'commit', '--quiet', '--allow-empty', '--message', 'theirs')
  await scratch.git(other, 'push', '--quiet')
  const remoteHead = toCommitId(await scratch.git(other, 'rev-parse', 'HEAD'))
  const mirror = await openMirror({ cacheDir: scratch.cacheDir, remote: scratch.remote, timeoutMs: 30_000 })
  await mirror.fetch()

  expect(await inspect()).toMatchObject({ branch: 'topic', unpushedCommits: 1 })
  expect(await inspect({ remoteHead, mirrorPath: mirror.path })).toMatchObject({ unpushedCommits: 1 })
  expect(await inspect({ remoteHead })).toMatchObject({ unpushedCommits: 1 })
})

test('is not fooled by a checkout that is only behind', async () => {
  const next = toCommitId(await scratch.commit({ 'a.txt': 'two' }))
  await inClone('reset', '--quiet', '--hard', 'HEAD~1')

  expect(await inspect({ remoteHead: next })).toMatchObject({ unpushedCommits: 0, head })
})

test('counts stashes made on main, and no others', async () => {
  await write('a.txt', 'wip')
  await inClone('stash')
  await write('a.txt', 'wip with a name')
  await inClone('stash', 'push', '--message', 'later')
  await inClone('checkout', '--quiet', '-b', 'topic')
  await write('a.txt', 'elsewhere')
  await inClone('stash')

  expect(await inspect()).toMatchObject({ stashesOnMain: 2 })
})

test.each([
  ['merge', ['merge', 'topic']],
  ['rebase', ['rebase', 'topic']],
  ['cherry-pick', ['cherry-pick', 'topic']],
] as const)('sees a %s in progress', async (operation, command) => {
  await inClone('checkout', '--quiet', '-b', 'topic')
  await write('a.txt', 'topic')
  await inClone('commit', '--quiet', '--all', '--message', 'topic')
  await inClone('checkout', '--quiet', 'main')
  await write('a.txt', 'main')
  await inClone('commit', '--quiet', '--all', '--message', 'main')

  await expect(inClone(...command)).rejects.toThrow('Command failed')

  expect(await inspect()).toMatchObject({ inProgress: operation, dirtyPaths: ['a.txt'] })
})

test('sees a bisect in progress, and a detached head', async () => {
  await inClone('bisect', 'start')
  await inClone('checkout', '--quiet', '--detach')

  expect(await inspect()).toMatchObject({ inProgress: 'bisect', branch: null, head })
})

test('leaves index and status byte for byte as they were, though the index is stale', async () => {
  const lastYear = new Date('2025-01-01T00:00:00Z')
  await utimes(join(scratch.clone, 'a.txt'), lastYear, lastYear)
  const index = join(scratch.clone, '.git', 'index')
  const before = { bytes: await readFile(index), changed: (await stat(index)).mtimeMs }

  await inspect()

  expect((await readFile(index)).equals(before.bytes)).toBe(true)
  expect((await stat(index)).mtimeMs).toBe(before.changed)
  // The control: a plain status does rewrite it, so the comparison above can fail.
  await inClone('status')
  expect((await readFile(index)).equals(before.bytes)).toBe(false)
})

test('throws CHECKOUT_UNREADABLE for a folder that is missing or no checkout', async () => {
  await expect(inspect({ path: join(scratch.folder, 'nothing') })).rejects.toMatchObject({
    code: 'CHECKOUT_UNREADABLE',
  })
  await expect(inspect({ path: scratch.folder })).rejects.toMatchObject({ code: 'CHECKOUT_UNREADABLE' })
})
