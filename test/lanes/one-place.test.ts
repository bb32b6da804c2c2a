import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startActor } from './actor.ts'

/** The default store: one place per user and estate, whatever folder one stands in. */
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'conduct-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function git(cwd: string, ...args: readonly string[]): void {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, env, stdio: 'ignore' })
}

async function askFrom(cwd: string, estate: string): Promise<string> {
  const { CI: _ci, XDG_STATE_HOME: _state, ...env } = process.env
  const script = new URL('default-place-process.ts', import.meta.url)
  using asking = startActor(script, estate, { cwd, env: { ...env, HOME: home } })
  const outcome = await asking.word<string>(() => true)
  await asking.ended
  return outcome
}

test('two worktrees and two clones contend for one lane; another estate does not', async () => {
  const remote = join(home, 'remote.git')
  const first = join(home, 'first')
  const second = join(home, 'second')
  const worktree = join(home, 'worktree')
  mkdirSync(remote)
  git(remote, 'init', '--bare', '--quiet')
  git(home, 'clone', '--quiet', remote, first)
  git(first, 'commit', '--quiet', '--allow-empty', '-m', 'first')
  git(first, 'push', '--quiet', 'origin', 'HEAD')
  git(first, 'worktree', 'add', '--quiet', worktree)
  git(home, 'clone', '--quiet', remote, second)

  const outcomes = [
    await askFrom(first, 'acme'),
    await askFrom(worktree, 'acme'),
    await askFrom(second, 'acme'),
    await askFrom(second, 'other'),
  ]

  expect(outcomes).toEqual(['granted', 'queued', 'queued', 'granted'])
  expect(readdirSync(join(home, '.local', 'state', 'conduct')).sort()).toEqual(['acme', 'other'])
  const inside = readdirSync(first, { recursive: true, encoding: 'utf8' })
  expect(inside.filter((name) => name.endsWith('.db'))).toEqual([])
})
