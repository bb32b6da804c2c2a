import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCommitTree } from './commit-tree.ts'
import { findLocalRepository } from './find-repository.ts'

describe('the tree of a commit', () => {
  let repository = ''
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'conduct-tree-'))
    git('init', '--quiet', '--initial-branch=main')
  })
  afterAll(() => rmSync(repository, { recursive: true }))

  it('is none before the first commit', async () => {
    expect(await readCommitTree({ repository, revision: 'HEAD' })).toBeNull()
  })

  it('tells files from links and submodules, and reads files alone', async () => {
    mkdirSync(join(repository, 'bin'))
    writeFileSync(join(repository, 'bin', 'run'), '#!/bin/sh\n')
    chmodSync(join(repository, 'bin', 'run'), 0o755)
    writeFileSync(join(repository, 'two\nlines, ü\tand a tab'), 'content\n')
    symlinkSync('/etc/hostname', join(repository, 'link'))
    git('add', '.')
    git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`)
    git('commit', '--quiet', '--message', 'first')
    writeFileSync(join(repository, 'bin', 'run'), 'changed since\n')

    // From a folder below, the tree is still all of it.
    const tree = await readCommitTree({ repository: join(repository, 'bin'), revision: 'HEAD' })

    expect(tree?.entries).toEqual([
      { path: 'bin/run', kind: 'file', isExecutable: true, sizeBytes: 10 },
      { path: 'link', kind: 'link', isExecutable: false, sizeBytes: 13 },
      { path: 'sub', kind: 'submodule', isExecutable: false, sizeBytes: null },
      { path: 'two\nlines, ü\tand a tab', kind: 'file', isExecutable: false, sizeBytes: 8 },
    ])
    expect(await tree?.read('bin/run')).toBe('#!/bin/sh\n')
    expect(await tree?.read('two\nlines, ü\tand a tab')).toBe('content\n')
    expect([await tree?.read('link'), await tree?.read('sub'), await tree?.read('none')]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('belongs to a repository whose remotes are told, the one it is shared through first of all', async () => {
    git('remote', 'add', 'heroku', 'https://git.heroku.com/shop.git')
    git('remote', 'add', 'origin', 'git@acme.example:acme/shop.git')

    const found = await findLocalRepository(join(repository, 'bin'))

    expect(found).toMatchObject({ branch: 'main', shared: 'git@acme.example:acme/shop.git' })
    expect([...(found?.remotes ?? [])]).toEqual([
      ['heroku', 'https://git.heroku.com/shop.git'],
      ['origin', 'git@acme.example:acme/shop.git'],
    ])
    expect(await findLocalRepository('/')).toBeNull()
  })
})
