import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readWorktreeTop } from './worktree-top.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'conduct-top-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function git(cwd: string, ...argv: readonly string[]): string {
  return execFileSync('git', argv, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

function makeRepository(path: string): string {
  mkdirSync(join(path, 'deep', 'inside'), { recursive: true })
  git(path, 'init', '-q')
  return path
}

test('finds what git finds: in the tree, deep inside, in a linked worktree, in a tree that settings moved', () => {
  const plain = makeRepository(join(folder, 'plain'))
  git(plain, 'config', 'user.name', 'x')
  git(plain, 'config', 'user.email', 'x@example.invalid')
  git(plain, 'commit', '-q', '--allow-empty', '-m', 'x')
  git(plain, 'worktree', 'add', '-q', join(folder, 'linked'))
  const moved = makeRepository(join(folder, 'moved'))
  git(moved, 'config', 'core.worktree', join(moved, 'deep'))
  const places = [plain, join(plain, 'deep', 'inside'), join(folder, 'linked')]

  for (const place of places) {
    expect(readWorktreeTop(place)).toBe(git(place, 'rev-parse', '--show-toplevel'))
  }
  expect(readWorktreeTop(join(moved, 'deep', 'inside'))).toBe(join(moved, 'deep'))
})

test('finds none outside of a working tree, and goes on past a .git that is no repository as git does', () => {
  const plain = makeRepository(join(folder, 'plain'))
  const nested = join(plain, 'deep')
  mkdirSync(join(nested, '.git'))

  expect(readWorktreeTop(folder)).toBeNull()
  expect(readWorktreeTop(nested)).toBe(plain)
})
