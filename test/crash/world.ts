import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { openStore, type LaneDocument } from '@conduct/lanes/engine'
import type { Estate } from '@conduct/rehearsal'

const run = promisify(execFile)

/** What is true outside Conduct: read from the registry, the remotes, the platform and the store itself. */
export interface World {
  /** `name@version` → integrity, for every version that is live. */
  readonly live: Readonly<Record<string, string>>
  /** Repo → subjects of the commits on main, newest first. */
  readonly history: Readonly<Record<string, readonly string[]>>
  /** Repo → tags and the commits they stand for. */
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** App → whether what runs is the head of its main. */
  readonly runsHead: Readonly<Record<string, boolean>>
  /** App → version of the library that the running app has loaded. */
  readonly engine: Readonly<Record<string, string>>
  readonly lane: { readonly holders: number; readonly waiting: number; readonly notes: number }
}

export async function readWorld(estate: Estate): Promise<World> {
  const repos = Object.keys(estate.remotes)
  const apps = estate.consumers.map((consumer) => consumer.name)
  const [live, history, tags, answers] = await Promise.all([
    liveVersions(estate),
    byName(repos, async (repo) => lines(await git(estate, repo, 'log', '--format=%s', 'main'))),
    byName(repos, async (repo) =>
      lines(await git(estate, repo, 'for-each-ref', '--format=%(refname:short) %(*objectname)', 'refs/tags')),
    ),
    byName(apps, async (app) => {
      const response = await fetch(`${estate.platformUrl}/apps/${app}/version`)
      return (await response.json()) as { readonly sha: string; readonly engine: string }
    }),
  ])
  const heads = await byName(apps, async (app) => (await git(estate, app, 'rev-parse', 'main')).trim())
  return {
    live,
    history,
    tags,
    runsHead: mapValues(answers, ({ sha }, app) => sha === heads[app]),
    engine: mapValues(answers, ({ engine }) => engine),
    lane: await laneOf(estate),
  }
}

async function laneOf(estate: Estate): Promise<World['lane']> {
  await using store = await openStore(estate.storeUrl, { estate: estate.estateName })
  const ids = (await store.register.list('lane/')).filter((id) => id.includes('release_train'))
  const id = ids[0]
  const stored = id === undefined ? null : await store.register.read<LaneDocument>(id)
  if (stored === null) throw new Error(`the store has no lane document: ${ids.join(', ')}`)
  const { holders, waiting, notes } = stored.document
  return { holders: holders.length, waiting: waiting.length, notes: notes.length }
}

async function liveVersions(estate: Estate): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { name } of estate.packages) {
    const response = await fetch(`${estate.registryUrl}${name.replace('/', '%2f')}`)
    const packument = (await response.json()) as {
      readonly versions: Readonly<Record<string, { readonly dist: { readonly integrity: string } }>>
    }
    for (const [version, { dist }] of Object.entries(packument.versions))
      found[`${name}@${version}`] = dist.integrity
  }
  return found
}

async function git(estate: Estate, repo: string, ...argv: string[]): Promise<string> {
  const remote = estate.remotes[repo]?.replace('file://', '') ?? ''
  return (await run('git', ['--git-dir', remote, ...argv])).stdout
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

async function byName<Value>(
  names: readonly string[],
  read: (name: string) => Promise<Value>,
): Promise<Record<string, Value>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)))
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, key: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
