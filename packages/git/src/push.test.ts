import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommitId, toCommitId } from '@conduct/core'
import { openMirror } from './mirror.ts'
import type { Mirror } from './ports.ts'
import { type Scratch, scratchRepository } from './scratch-repository.ts'

let scratch: Scratch
let mirror: Mirror
let head: CommitId
beforeEach(async () => {
  scratch = await scratchRepository()
  head = toCommitId(await scratch.commit({ 'a.txt': 'one' }))
  mirror = await open()
  await mirror.fetch()
})
afterEach(() => scratch[Symbol.asyncDispose]())

const main = 'refs/heads/main'
const open = (folder = 'cache') =>
  openMirror({ cacheDir: join(scratch.folder, folder), remote: scratch.remote, timeoutMs: 30_000 })

async function adopt(text: string, at: Mirror = mirror): Promise<CommitId> {
  await using worktree = await at.worktree(head)
  await writeFile(join(worktree.path, 'a.txt'), text)
  const author = { name: 'Ana', email: 'ana@acme.example', wallMs: 1_770_000_000_000 }
  return await worktree.commitPaths({ paths: ['a.txt'], message: text, author })
}
const hook = (name: string, text: string) =>
  writeFile(join(scratch.bare, 'hooks', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })

test('pushes when the ref is where it was expected', async () => {
  const next = await adopt('two')

  expect(await mirror.push({ source: next, ref: main, expect: head })).toEqual({ outcome: 'pushed' })
  expect(await mirror.remoteHead('main')).toBe(next)
})

test('is lost when the ref moved, though the mirror has never heard of it, and says where it stands', async () => {
  const next = await adopt('two')
  const theirs = await scratch.commit({ 'b.txt': 'theirs' })

  expect(await mirror.push({ source: next, ref: main, expect: head })).toEqual({
    outcome: 'lost',
    actual: theirs,
  })
  expect(await mirror.remoteHead('main')).toBe(theirs)
})

test('is lost when a ref that must not exist does, and when one that must exist is gone', async () => {
  expect(await mirror.push({ source: await adopt('two'), ref: main, expect: null })).toEqual({
    outcome: 'lost',
    actual: head,
  })
  expect(await mirror.push({ source: head, ref: 'refs/heads/gone', expect: head })).toEqual({
    outcome: 'lost',
    actual: null,
  })
})

test('the identical object, which git calls up to date whatever was expected, is judged by comparing', async () => {
  const next = await adopt('two')
  await mirror.push({ source: next, ref: main, expect: head })

  expect(await mirror.push({ source: next, ref: main, expect: head })).toEqual({
    outcome: 'lost',
    actual: next,
  })
  expect(await mirror.push({ source: next, ref: main, expect: null })).toEqual({
    outcome: 'lost',
    actual: next,
  })
  expect(await mirror.push({ source: next, ref: main, expect: next })).toEqual({ outcome: 'pushed' })
})

test('of pushers that race, exactly one wins and each loser is told the winner', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ref = `refs/heads/race-${round}`
    const pushers = await Promise.all(
      [1, 2, 3].map(async (who) => {
        const own = await open(`cache-${who}`)
        await own.fetch()
        return { own, source: await adopt(`round ${round} by ${who}`, own) }
      }),
    )

    const outcomes = await Promise.all(
      pushers.map(({ own, source }) => own.push({ source, ref, expect: null })),
    )

    const winner = (await mirror.listRemote([ref])).get(ref)
    const won = pushers.filter((_, at) => outcomes[at]?.outcome === 'pushed').map(({ source }) => source)
    expect(won).toEqual([winner])
    expect(outcomes.filter(({ outcome }) => outcome !== 'pushed')).toEqual([
      { outcome: 'lost', actual: winner },
      { outcome: 'lost', actual: winner },
    ])
  }
})

test('is refused, with the words of the remote, by a hook that protects the branch', async () => {
  await hook('pre-receive', 'echo "GH006: Protected branch update failed for main." >&2; exit 1')

  expect(await mirror.push({ source: await adopt('two'), ref: main, expect: head })).toEqual({
    outcome: 'refused',
    isProtected: true,
    reason: '[remote rejected] (pre-receive hook declined); GH006: Protected branch update failed for main.',
  })
  expect(await mirror.remoteHead('main')).toBe(head)
})

test('is refused by an update hook of another kind, without being called protected', async () => {
  await hook('update', 'echo "disk quota reached" >&2; exit 1')

  const outcome = await mirror.push({ source: await adopt('two'), ref: main, expect: head })

  expect(outcome).toMatchObject({ outcome: 'refused', isProtected: false })
  expect(outcome).toHaveProperty(
    'reason',
    expect.stringMatching(/^\[remote rejected\] \(hook declined\); disk quota reached/),
  )
})

test("replaces the caller's own commit on its own branch, and nobody else's", async () => {
  const ref = 'refs/heads/conduct/run-1'
  const first = await adopt('two')
  const second = await adopt('three')
  await mirror.push({ source: first, ref, expect: null })

  expect(await mirror.push({ source: second, ref, expect: first })).toMatchObject({ outcome: 'refused' })
  expect(await mirror.push({ source: second, ref, expect: first, replacesOwn: true })).toEqual({
    outcome: 'pushed',
  })
  expect(await mirror.push({ source: first, ref, expect: first, replacesOwn: true })).toEqual({
    outcome: 'lost',
    actual: second,
  })
})

test('never drops commits: a branch is not pushed to what does not descend from the expected commit', async () => {
  const theirs = toCommitId(await scratch.commit({ 'b.txt': 'theirs' }))
  const next = await adopt('two')

  expect(await mirror.push({ source: next, ref: main, expect: theirs })).toMatchObject({ outcome: 'refused' })
  expect(await mirror.remoteHead('main')).toBe(theirs)
})

test('throws for a remote that is gone, and GIT_REF_INVALID for a bad ref', async () => {
  const next = await adopt('two')
  await expect(mirror.push({ source: next, ref: 'main', expect: head })).rejects.toMatchObject({
    code: 'GIT_REF_INVALID',
  })

  await scratch.git(
    scratch.folder,
    'config',
    '--file',
    join(scratch.bare, 'config'),
    'core.repositoryFormatVersion',
    '99',
  )

  await expect(mirror.push({ source: next, ref: main, expect: head })).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
  })
})

test('brings a ref that is neither branch nor tag, and leaves it with the next fetch', async () => {
  const ref = 'refs/pull/7/head'
  const theirs = await adopt('theirs')
  await mirror.push({ source: theirs, ref, expect: null })
  const other = await open('elsewhere')
  await other.fetch()

  expect(await other.fetchRef(ref)).toBe(theirs)
  await other.fetch()
  expect(await other.readFile(theirs, 'a.txt')).toBe('theirs')
  await expect(other.fetchRef('refs/pull/8/head')).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' })
  await expect(other.fetchRef('--upload-pack=x')).rejects.toMatchObject({ code: 'GIT_REF_INVALID' })
})
