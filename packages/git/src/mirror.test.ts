import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { access, mkdir, readFile, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toCommitId } from '@conduct/core'
import { fileTreeAt } from './file-tree.ts'
import { openMirror } from './mirror.ts'
import { pruneMirrors } from './prune.ts'
import { type Scratch, scratchRepository } from './scratch-repository.ts'

let scratch: Scratch
beforeEach(async () => {
  scratch = await scratchRepository()
})
afterEach(() => scratch[Symbol.asyncDispose]())

const open = () => openMirror({ cacheDir: scratch.cacheDir, remote: scratch.remote, timeoutMs: 30_000 })
const missing = { code: 'ENOENT' }

describe('a mirror', () => {
  test('follows the remote: new commits come, deleted branches and tags go', async () => {
    const first = await scratch.commit({ 'a.txt': 'one' })
    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', 'main:old-work', 'main:refs/tags/v1')
    const mirror = await open()
    await mirror.fetch()
    expect((await mirror.branches()).map((branch) => branch.name).sort()).toEqual(['main', 'old-work'])

    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', ':old-work', ':refs/tags/v1')
    const second = await scratch.commit({ 'a.txt': 'two' })
    await mirror.fetch()

    expect(await mirror.branches()).toEqual([
      { name: 'main', commit: second, committedAt: Date.parse('2026-01-01T00:00:00Z') },
    ])
    expect(await mirror.readFile(toCommitId(first), 'a.txt')).toBe('one')
    expect(await scratch.git(mirror.path, 'tag')).toBe('')
  })

  test('answers about the remote without a fetch', async () => {
    const head = await scratch.commit({ 'a.txt': 'one' })
    await scratch.git(scratch.clone, 'tag', '--annotate', '--message', 'first', 'v1')
    await scratch.git(scratch.clone, 'tag', 'light')
    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', 'v1', 'light')
    const mirror = await open()

    expect(await mirror.remoteHead('main')).toBe(head)
    expect(await mirror.remoteHead('nobody')).toBeNull()
    expect(await mirror.remoteTag('v1')).toBe(head)
    expect(await mirror.remoteTag('light')).toBe(head)
    expect(await mirror.remoteTag('v2')).toBeNull()
    expect(await mirror.defaultBranch()).toBe('main')
    expect([...(await mirror.listRemote(['refs/tags/v1*'])).keys()]).toEqual([
      'refs/tags/v1',
      'refs/tags/v1^{}',
    ])
  })

  test('reads files at a commit, and says null where there is none', async () => {
    const commit = toCommitId(
      await scratch.commit({
        'package.json': '{}\n',
        'src/a b.ts': 'ü\n',
        'src/-x': 'dash',
        'docs/c.md': '',
      }),
    )
    const mirror = await open()
    await mirror.fetch()
    const tree = fileTreeAt(mirror, commit)

    expect(await tree.readFile('src/a b.ts')).toBe('ü\n')
    expect(await tree.readFile('docs/c.md')).toBe('')
    expect(await tree.readFile('nothing.txt')).toBeNull()
    expect(await tree.readFile('src')).toBeNull()
    expect(await tree.readFile('bad\nname')).toBeNull()
    expect(await tree.listFiles()).toEqual(['docs/c.md', 'package.json', 'src/-x', 'src/a b.ts'])
    expect(await mirror.listFiles(commit, ['src', 'package.json', 'gone'])).toEqual([
      'package.json',
      'src/-x',
      'src/a b.ts',
    ])
  })

  test('lists which files are executable, and takes no link for one', async () => {
    await writeFile(join(scratch.clone, 'deploy'), '#!/bin/sh\n', { mode: 0o755 })
    await symlink('deploy', join(scratch.clone, 'link'))
    const commit = toCommitId(await scratch.commit({ 'a\tb.txt': 'one' }))
    const mirror = await open()
    await mirror.fetch()

    expect(await mirror.listEntries(commit)).toEqual([
      { path: 'a\tb.txt', isExecutable: false },
      { path: 'deploy', isExecutable: true },
      { path: 'link', isExecutable: false },
    ])
  })

  test('knows what descends from what, and what changed between', async () => {
    const first = toCommitId(await scratch.commit({ 'a.txt': 'one', 'b.txt': 'b' }))
    const second = toCommitId(await scratch.commit({ 'a.txt': 'two', 'c d.txt': 'c' }))
    const mirror = await open()
    await mirror.fetch()

    expect(await mirror.isAncestor(first, second)).toBe(true)
    expect(await mirror.isAncestor(second, first)).toBe(false)
    expect(await mirror.changedPaths(first, second)).toEqual(['a.txt', 'c d.txt'])
    await expect(mirror.isAncestor(toCommitId('0'.repeat(39) + '1'), first)).rejects.toMatchObject({
      code: 'GIT_FAILED',
      details: { exitCode: 128 },
    })
  })

  test('leaves out the branches that a commit holds already', async () => {
    const first = toCommitId(await scratch.commit({ 'a.txt': 'one' }))
    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', 'main:merged')
    const second = toCommitId(await scratch.commit({ 'a.txt': 'two' }))
    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', 'main:at-main')
    const mirror = await open()
    await mirror.fetch()
    const named = async (notIn: typeof first) => (await mirror.branches({ notIn })).map(({ name }) => name)

    expect(await named(second)).toEqual([])
    expect((await named(first)).toSorted()).toEqual(['at-main', 'main'])
  })

  test('is made once and fetched safely by several at the same time, while the remote moves', async () => {
    await scratch.commit({ 'a.txt': '0' })
    const branches = Array.from({ length: 12 }, (_, at) => `work-${at}`)
    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', ...branches.map((name) => `main:${name}`))
    const mirrors = await Promise.all(Array.from({ length: 4 }, open))
    await Promise.all(mirrors.map((mirror) => mirror.fetch()))
    const head = await scratch.commit({ 'a.txt': '1' })
    await scratch.git(
      scratch.clone,
      'push',
      '--quiet',
      '--force',
      'origin',
      ...branches.map((name) => `main:${name}`),
    )

    await Promise.all(mirrors.map((mirror) => mirror.fetch()))

    const folders = (await readdir(scratch.cacheDir)).filter((name) => name !== 'worktrees')
    expect(folders).toHaveLength(1)
    const found = await mirrors[0]?.branches()
    expect(found?.map((branch) => branch.commit)).toEqual(Array.from({ length: 13 }, () => head))
  })

  test('throws REMOTE_UNREACHABLE, without the password, for a remote that does not answer', async () => {
    const remote = 'http://ana:hunter2@127.0.0.1:9/acme/engine.git'
    const mirror = await openMirror({ cacheDir: scratch.cacheDir, remote, timeoutMs: 20_000 })

    const failure = await mirror.fetch().catch((error: unknown) => error)

    expect(failure).toMatchObject({ code: 'REMOTE_UNREACHABLE', retryable: true })
    expect(String(failure)).not.toContain('hunter2')
    expect(JSON.stringify(failure)).not.toContain('hunter2')
    await expect(mirror.remoteHead('main')).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' })
  })

  test('throws GIT_REMOTE_INVALID for an address that could be read as an option or a command', async () => {
    for (const remote of ['--upload-pack=touch pwned', 'ext::sh -c touch%20pwned', '']) {
      await expect(openMirror({ cacheDir: scratch.cacheDir, remote, timeoutMs: 1000 })).rejects.toMatchObject(
        { code: 'GIT_REMOTE_INVALID' },
      )
    }
  })

  test('stops when it is cancelled', async () => {
    const controller = new AbortController()
    const { cacheDir, remote } = scratch
    const mirror = await openMirror({ cacheDir, remote, timeoutMs: 30_000, signal: controller.signal })

    controller.abort(new Error('Ctrl-C'))

    await expect(mirror.fetch()).rejects.toThrow('Ctrl-C')
  })

  test('hears nothing of the git process around it', async () => {
    const head = await scratch.commit({ 'a.txt': 'one' })
    process.env['GIT_DIR'] = '/nowhere'
    process.env['GIT_INDEX_FILE'] = '/nowhere/index'
    try {
      const mirror = await open()
      await mirror.fetch()

      expect(await mirror.remoteHead('main')).toBe(head)
    } finally {
      delete process.env['GIT_DIR']
      delete process.env['GIT_INDEX_FILE']
    }
  })
})

describe('a worktree', () => {
  test('of a commit that is not there leaves nothing behind', async () => {
    await scratch.commit({ 'a.txt': 'one' })
    const mirror = await open()
    await mirror.fetch()

    await expect(mirror.worktree(toCommitId('0'.repeat(39) + '1'))).rejects.toMatchObject({
      code: 'GIT_FAILED',
    })

    expect(await readdir(join(scratch.cacheDir, 'worktrees'))).toEqual([])
    expect(await readdir(join(mirror.path, 'worktrees'))).toEqual([])
  })

  const author = { name: 'Ana', email: 'ana@acme.example', wallMs: Date.parse('2026-02-03T04:05:06.789Z') }

  test('stands detached at its commit and is gone when disposed', async () => {
    const commit = toCommitId(await scratch.commit({ 'a.txt': 'one' }))
    const mirror = await open()
    await mirror.fetch()

    const worktree = await mirror.worktree(commit)
    expect(await readFile(join(worktree.path, 'a.txt'), 'utf8')).toBe('one')
    expect(await scratch.git(worktree.path, 'branch', '--show-current')).toBe('')
    expect(await scratch.git(worktree.path, 'status', '--porcelain')).toBe('')
    expect(await scratch.git(worktree.path, 'rev-parse', 'HEAD')).toBe(commit)
    expect(await scratch.git(mirror.path, 'worktree', 'list')).toContain(worktree.path)
    await worktree[Symbol.asyncDispose]()

    await expect(access(worktree.path)).rejects.toMatchObject(missing)
    expect(await scratch.git(mirror.path, 'worktree', 'list')).not.toContain(worktree.path)
  })

  test('runs no hook, neither ours nor one that a command of the repository installs', async () => {
    const commit = toCommitId(
      await scratch.commit({ 'a.txt': 'one', '.husky/post-commit': '#!/bin/sh\ntouch hooked\n' }),
    )
    const mirror = await open()
    await mirror.fetch()
    const hook = join(mirror.path, 'hooks', 'post-checkout')
    await mkdir(join(mirror.path, 'hooks'))
    await writeFile(hook, `#!/bin/sh\ntouch ${join(scratch.folder, 'hooked')}\n`, { mode: 0o755 })

    await using worktree = await mirror.worktree(commit)
    await writeFile(join(worktree.path, 'a.txt'), 'two')
    await worktree.commitPaths({ paths: ['a.txt'], message: 'adopt', author })

    await expect(access(join(scratch.folder, 'hooked'))).rejects.toMatchObject(missing)
    expect(await scratch.git(worktree.path, 'config', 'core.hooksPath')).toBe('/dev/null')
  })

  test('lists and shows what differs, untracked files included, ignored ones not', async () => {
    const commit = toCommitId(
      await scratch.commit({ 'a.txt': 'one\n', '.gitignore': 'node_modules\n', 'b.txt': 'b\n' }),
    )
    const mirror = await open()
    await mirror.fetch()
    await using worktree = await mirror.worktree(commit)
    await writeFile(join(worktree.path, 'a.txt'), 'two\n')
    await writeFile(join(worktree.path, 'new file.txt'), 'new\n')
    await writeFile(join(worktree.path, 'node_modules'), 'ignored')

    expect([...(await worktree.changedPaths())].sort()).toEqual(['a.txt', 'new file.txt'])
    const diff = await worktree.diff()
    expect(diff).toContain('-one\n+two\n')
    expect(diff).toContain('+new\n')
  })

  test('commits exactly the named paths, and the same input gives the same id', async () => {
    const commit = toCommitId(await scratch.commit({ 'a.txt': 'one', 'b.txt': 'b', 'gone.txt': 'x' }))
    const mirror = await open()
    await mirror.fetch()
    const make = async (): Promise<string> => {
      await using worktree = await mirror.worktree(commit)
      await writeFile(join(worktree.path, 'a.txt'), 'two')
      await writeFile(join(worktree.path, 'b.txt'), 'not to be committed')
      await scratch.git(worktree.path, 'add', 'b.txt')
      await scratch.git(worktree.path, 'rm', '--quiet', 'gone.txt')
      return await worktree.commitPaths({
        paths: ['a.txt', 'gone.txt'],
        message: 'chore: adopt 1.1.0',
        author,
      })
    }

    const [first, second] = [await make(), await make()]

    expect(second).toBe(first)
    expect(
      await scratch.git(mirror.path, 'show', '--format=%an %ae %at %cn %ct%n%B', '--name-status', first),
    ).toBe('Ana ana@acme.example 1770091506 Ana 1770091506\nchore: adopt 1.1.0\n\n\nM\ta.txt\nD\tgone.txt')
  })

  test('makes the same tag object from the same input', async () => {
    const commit = toCommitId(await scratch.commit({ 'a.txt': 'one' }))
    const mirror = await open()
    await mirror.fetch()
    const tag = { name: 'engine-v1.1.0', commit, message: 'engine 1.1.0', tagger: author }

    const [first, second] = [await mirror.createTag(tag), await mirror.createTag(tag)]
    const pushed = await mirror.push({ source: first, ref: 'refs/tags/engine-v1.1.0', expect: null })

    expect(second).toBe(first)
    expect(pushed).toEqual({ outcome: 'pushed' })
    expect(await mirror.remoteTag('engine-v1.1.0')).toBe(commit)
    await expect(mirror.createTag({ ...tag, name: '-f' })).rejects.toMatchObject({ code: 'GIT_REF_INVALID' })
  })
})

describe('pruning', () => {
  test('removes mirrors unused for 30 days, not younger ones, and worktrees of dead processes', async () => {
    const commit = toCommitId(await scratch.commit({ 'a.txt': 'one' }))
    const mirror = await open()
    await mirror.fetch()
    const left = await mirror.worktree(commit)
    await using alive = await mirror.worktree(commit)
    const dead = left.path.replace(`.${process.pid}.`, '.999999999.')
    await scratch.git(mirror.path, 'worktree', 'move', left.path, dead)
    const other = await openMirror({ cacheDir: scratch.cacheDir, remote: '/elsewhere.git', timeoutMs: 1000 })
    const nowMs = Date.now()
    const past = new Date(nowMs - 31 * 24 * 3_600_000)
    await utimes(other.path, past, past)
    await utimes(mirror.path, past, past)

    const pruned = await pruneMirrors({ cacheDir: scratch.cacheDir, nowMs })

    expect(pruned).toEqual({ mirrors: [other.path], worktrees: [dead] })
    expect((await stat(alive.path)).isDirectory()).toBe(true)
    expect((await pruneMirrors({ cacheDir: scratch.cacheDir, nowMs })).mirrors).toEqual([])
  })

  test('opening a mirror counts as use', async () => {
    const mirror = await open()
    const past = new Date(Date.now() - 31 * 24 * 3_600_000)
    await utimes(mirror.path, past, past)

    await open()

    expect((await pruneMirrors({ cacheDir: scratch.cacheDir, nowMs: Date.now() })).mirrors).toEqual([])
  })
})

describe('a remote that accepts the connection and says nothing', () => {
  let silent: Server
  const held: Socket[] = []
  beforeEach(async () => {
    silent = createServer((socket) => void held.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    for (const socket of held.splice(0)) socket.destroy()
    silent.close()
  })

  test('is given up when nothing was heard for as long as a fetch waits', async () => {
    const { port } = silent.address() as AddressInfo
    const remote = `git://127.0.0.1:${port}/engine.git`
    const mirror = await openMirror({
      cacheDir: scratch.cacheDir,
      remote,
      timeoutMs: 600_000,
      silentMsMax: 200,
    })

    await expect(mirror.fetch()).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: `${remote}: no answer: git said nothing for 0.2 s`,
    })
  })
})
