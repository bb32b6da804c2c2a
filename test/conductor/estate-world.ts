import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Estate } from '@conduct/rehearsal'

const execute = promisify(execFile)

/** What is true outside, read from the outside: registry, remotes, targets. */
export interface World {
  readonly live: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly tags: readonly string[]
  /** Subjects of the commits on each consumer's main, newest first. */
  readonly mains: Readonly<Record<string, readonly string[]>>
  readonly heads: Readonly<Record<string, string>>
  readonly lockfiles: Readonly<Record<string, string>>
  readonly running: Readonly<Record<string, { readonly sha: string; readonly engine: string }>>
}

export async function readWorld(estate: Estate): Promise<World> {
  const names = estate.consumers.map((consumer) => consumer.name)
  const each = async <Value>(read: (name: string) => Promise<Value>) =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)))
  return {
    live: Object.fromEntries(
      await Promise.all(
        estate.packages.map(async ({ name }) => [name, await liveVersions(estate, name)] as const),
      ),
    ),
    tags: (await git(estate, estate.producer, 'tag', '--list')).split('\n').filter((tag) => tag !== ''),
    mains: await each(async (name) => (await git(estate, name, 'log', '--format=%s', 'main')).split('\n')),
    heads: await each((name) => git(estate, name, 'rev-parse', 'main')),
    lockfiles: await each((name) => readLockfile(estate, name)),
    running: await each(async (name) => {
      const response = await fetch(`${estate.platformUrl}/apps/${name}/version`)
      return (await response.json()) as { sha: string; engine: string }
    }),
  }
}

/** Version → integrity, from the registry's packument. */
async function liveVersions(estate: Estate, name: string): Promise<Record<string, string>> {
  const response = await fetch(`${estate.registryUrl}${name.replace('/', '%2f')}`)
  const packument = (await response.json()) as {
    readonly versions: Readonly<Record<string, { readonly dist: { readonly integrity: string } }>>
  }
  return Object.fromEntries(
    Object.entries(packument.versions).map(([version, { dist }]) => [version, dist.integrity]),
  )
}

function readLockfile(estate: Estate, name: string): Promise<string> {
  const manager = estate.consumers.find((consumer) => consumer.name === name)?.manager ?? 'npm'
  return git(estate, name, 'show', `main:${lockfiles[manager]}`)
}

const lockfiles = {
  npm: 'package-lock.json',
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  'yarn-classic': 'yarn.lock',
  bundler: 'Gemfile.lock',
} as const

/** git in the bare remote of a repo. */
export async function git(estate: Estate, repo: string, ...args: string[]): Promise<string> {
  const path = (estate.remotes[repo] ?? '').replace('file://', '')
  const { stdout } = await execute('git', ['-C', path, ...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trimEnd()
}

/** Somebody else commits to main of a repo, from the developer's checkout. */
export async function pushChange(estate: Estate, repo: string, file: string, text: string): Promise<string> {
  const checkout = estate.checkouts[repo] ?? ''
  const at = (...args: string[]) =>
    execute('git', ['-C', checkout, '-c', 'user.name=Carl', '-c', 'user.email=carl@acme.example', ...args])
  await at('pull', '--quiet', '--ff-only')
  await writeFile(join(checkout, file), text)
  await at('add', '--all')
  await at('commit', '--quiet', '--message', `change ${file}`)
  await at('push', '--quiet')
  return (await at('rev-parse', 'HEAD')).stdout.trim()
}
