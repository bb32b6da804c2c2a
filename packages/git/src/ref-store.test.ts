import { execFileSync } from 'node:child_process'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openRefStore, type RefStore } from './ref-store.ts'
import { type Scratch, scratchRepository } from './scratch-repository.ts'

const ref = 'refs/conduct/acme/lane/x'
const ms = 30_000

let scratch: Scratch
let store: RefStore
beforeEach(async () => {
  scratch = await scratchRepository()
  store = await open()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await store[Symbol.asyncDispose]()
  await scratch[Symbol.asyncDispose]()
})

const open = (machine = 'here') =>
  openRefStore({ cacheDir: join(scratch.folder, 'cache', machine), remote: scratch.remote })
let made = 0
const commit = (parent: string | null, files: Readonly<Record<string, string>>, from: RefStore = store) =>
  from.commit(
    {
      parent,
      files: new Map(Object.entries(files)),
      message: `change ${(made += 1)}`,
      wallMs: 1_770_000_000_000,
    },
    ms,
  )
const inRemote = (...args: string[]) => scratch.git(scratch.bare, ...args)
const hook = (name: string, text: string) =>
  writeFile(join(scratch.bare, 'hooks', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })

/** Git, and then something more after every fetch. */
async function afterEachFetch(words: string): Promise<void> {
  const folder = join(scratch.folder, 'bin')
  await mkdir(folder)
  const shim = `#!/bin/sh\nPATH="${process.env['PATH'] ?? ''}"\ngit "$@"\ncode=$?\ncase " $* " in *" fetch "*) ${words};; esac\nexit $code\n`
  await writeFile(join(folder, 'git'), shim, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`)
}

/** Creates the ref with one commit. */
async function begin(from: RefStore = store): Promise<string> {
  const first = await commit(null, { 'document.json': 'one' }, from)
  expect(await from.push({ ref, commit: first, expect: null }, ms)).toEqual({ outcome: 'pushed' })
  return first
}

// In a soak beside eight busy processes a lane was taken for one that nobody had ever touched.
test('a ref that was fetched into a cache which is gone by then is a failure, and never one that the remote has not', async () => {
  await begin()
  await using other = await open('there')
  await afterEachFetch(`rm -rf ${join(scratch.folder, 'cache', 'there')}/*/*/refs/h`)

  await expect(other.fetch(ref, ms)).rejects.toMatchObject({ code: 'GIT_FAILED' })
  expect(await other.fetch('refs/conduct/acme/lane/none', ms)).toBeNull()
})

describe('a commit made without git', () => {
  test('is what git would have made: the strictest check of the remote takes it, and finds nothing afterwards', async () => {
    await inRemote('config', 'receive.fsckObjects', 'true')
    const first = await commit(null, {
      'document.json': 'one',
      'log/x/0000000/01.json': 'a',
      'log/x-y': 'sorts between x and x/',
      log0: 'sorts after log/',
    })
    await store.push({ ref, commit: first, expect: null }, ms)
    const second = await commit(first, { 'log/x/0000000/02.json': 'b', 'document.json': 'two – ✓' })

    expect(await store.push({ ref, commit: second, expect: first }, ms)).toEqual({ outcome: 'pushed' })

    await expect(inRemote('fsck', '--strict', '--no-dangling')).resolves.toBe('')
    expect(await inRemote('show', `${ref}:document.json`)).toBe('two – ✓')
    expect((await inRemote('ls-tree', '-r', '--name-only', ref)).split('\n')).toEqual([
      'document.json',
      'log/x-y',
      'log/x/0000000/01.json',
      'log/x/0000000/02.json',
      'log0',
    ])
    expect(await inRemote('rev-list', '--count', ref)).toBe('2')
  })

  test('is read back by another machine: files by path, names by folder, nothing for what is not there', async () => {
    await begin()
    await using other = await open('there')

    const head = (await other.fetch(ref, ms)) ?? ''

    const paths = ['document.json', 'missing', 'document.json/below', '']
    expect(await other.read(head, paths, ms)).toEqual(new Map([['document.json', 'one']]))
    expect(await other.names(head, '', ms)).toEqual(['document.json'])
    expect(await other.names(head, 'missing', ms)).toEqual([])
    expect(await other.committedMs(head, ms)).toBe(1_770_000_000_000)
  })
})

describe('a push', () => {
  test('that expects what no longer stands there is lost as stale', async () => {
    const first = await begin()
    const theirs = await commit(first, { 'document.json': 'theirs' })
    await store.push({ ref, commit: theirs, expect: first }, ms)

    const sent = await store.push(
      { ref, commit: await commit(first, { 'document.json': 'ours' }), expect: first },
      ms,
    )

    expect(sent).toMatchObject({ outcome: 'lost', reason: '[rejected] (stale info)' })
    expect(await store.fetch(ref, ms)).toBe(theirs)
  })

  test('that another one overtakes inside the remote is lost by the lock of the ref', async () => {
    const first = await begin()
    const theirs = await inRemote('commit-tree', '-p', first, '-m', 'theirs', `${first}^{tree}`)
    // Runs after the client has compared, before the remote does.
    await hook('update', `[ -e moved ] && exit 0; touch moved; git update-ref ${ref} ${theirs}`)

    const sent = await store.push(
      { ref, commit: await commit(first, { 'document.json': 'ours' }), expect: first },
      ms,
    )

    expect(sent).toMatchObject({
      outcome: 'lost',
      reason: expect.stringMatching(/cannot lock ref|failed to update ref|atomic transaction failed/),
    })
    expect(await store.fetch(ref, ms)).toBe(theirs)
  })

  test('of an identical commit is never taken for a win', async () => {
    const first = await begin()

    expect(await store.push({ ref, commit: first, expect: null }, ms)).toEqual({ outcome: 'up_to_date' })
  })

  test('that a hook declines is refused in its words', async () => {
    await hook('pre-receive', 'echo "no refs/conduct here" >&2; exit 1')

    expect(await store.push({ ref, commit: await commit(null, {}), expect: null }, ms)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('no refs/conduct here'),
    })
  })
})

describe('the cache of a remote', () => {
  test('brings the end of a long chain only, and goes on from there', async () => {
    let head = await begin()
    for (let at = 0; at < 5; at += 1) head = await commit(head, { 'document.json': String(at) })
    await store.push({ ref, commit: head, expect: await store.fetch(ref, ms) }, ms)
    await using other = await open('there')

    await other.fetch(ref, ms)
    const cache = join(scratch.folder, 'cache', 'there')
    const [folder = ''] = await readdir(cache)
    const chain = await scratch.git(join(cache, folder, '1'), 'rev-list', '--all')
    const next = await commit(head, { 'document.json': 'next' }, other)

    expect(chain).toBe(head)
    expect(await other.push({ ref, commit: next, expect: head }, ms)).toEqual({ outcome: 'pushed' })
    expect(await store.fetch(ref, ms)).toBe(next)
    expect(await store.isAncestor(head, next, ms)).toBe(true)
    expect(await store.isAncestor(next, head, ms)).toBe(false)
  })

  test('serves several handles at once, and the next one begins where they were', async () => {
    const first = await begin()
    const handles = await Promise.all(Array.from({ length: 6 }, () => open()))

    expect(await Promise.all(handles.map((handle) => handle.fetch(ref, ms)))).toEqual(
      handles.map(() => first),
    )
    for (const handle of handles) await handle[Symbol.asyncDispose]()
    await using later = await open()
    // Nothing needs to be fetched: the remote lost its objects' folder, and what stands there is at hand.
    expect(await later.bring(new Map([[ref, first]]), ms)).toBeUndefined()
    expect(await later.read(first, ['document.json'], ms)).toEqual(new Map([['document.json', 'one']]))
  })

  test.each([
    { state: 'has lost its objects', spoil: (at: string) => rm(join(at, 'objects'), { recursive: true }) },
    {
      state: 'was locked by a git that was killed',
      spoil: (at: string) => writeFile(join(at, 'shallow.lock'), ''),
    },
  ])('that $state is left behind for an empty one', async ({ spoil }) => {
    await using elsewhere = await open('there')
    const first = await begin(elsewhere)
    const folder = join(scratch.folder, 'cache', 'here')
    const [remote = ''] = await readdir(folder)
    await spoil(join(folder, remote, '1'))

    await expect(store.fetch(ref, ms)).rejects.toMatchObject({ code: 'GIT_FAILED' })
    store = await store.renewed()

    expect(await store.fetch(ref, ms)).toBe(first)
    expect(await store.read(first, ['document.json'], ms)).toEqual(new Map([['document.json', 'one']]))
    expect((await readdir(join(folder, remote))).sort()).toEqual(['1', '2'])
    await using another = await open()
    expect(await another.fetch(ref, ms)).toBe(first)
  })

  test('is not confused by a ref that went back, or was removed', async () => {
    const first = await begin()
    const second = await commit(first, { 'document.json': 'two' })
    await store.push({ ref, commit: second, expect: first }, ms)
    expect(await store.fetch(ref, ms)).toBe(second)

    await inRemote('update-ref', ref, first)
    expect(await store.fetch(ref, ms)).toBe(first)
    await inRemote('update-ref', '-d', ref)
    expect(await store.fetch(ref, ms)).toBeNull()
  })
})

test('counts the commits of the last while, in all refs below a prefix, whoever made them', async () => {
  const at = (wallMs: number, parent: string | null) =>
    store.commit({ parent, files: new Map(), message: `at ${wallMs}`, wallMs }, ms)
  const old = await at(1000, null)
  const young = await at(2_000_000, await at(1_990_000, old))
  await store.push({ ref, commit: young, expect: null }, ms)
  await store.push({ ref: 'refs/conduct/acme/lane/y', commit: await at(1_999_000, null), expect: null }, ms)
  await store.push({ ref: 'refs/conduct/zeta/lane/x', commit: await at(1_999_000, null), expect: null }, ms)

  const recent = { prefix: 'refs/conduct/acme/', sinceMs: 1_900_000, countMax: 100 }

  expect(await store.countCommits(recent, ms)).toBe(3)
})

test('a git child that gets no answer ends with its call, and leaves no process behind', async () => {
  await begin()
  await hook('pre-receive', 'while [ -d hooks ] && [ ! -e end ]; do sleep 0.2; done')
  const next = await commit(null, { 'document.json': 'never' })

  await expect(store.push({ ref: `${ref}2`, commit: next, expect: null }, 300)).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
  })

  const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith('git push') && line.includes(scratch.folder))
  expect(left).toEqual([])
  await writeFile(join(scratch.bare, 'end'), '')
})
