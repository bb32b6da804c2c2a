import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store, type StoreKind } from '@conduct/lanes/engine'
import { isLong } from '../bounded.ts'

/**
 * Fresh real places of every kind of store, for tests in which several processes meet. Servers are started when the
 * first place of their kind is opened and serve until `closeServers`.
 */
export interface Place extends AsyncDisposable {
  readonly kind: StoreKind
  readonly url: string
  /** Keeps places apart that share an address. */
  readonly estate: string
  /** What a process needs to open it, beside the address: credentials. This process has it already. */
  readonly env: Readonly<Record<string, string>>
  /** Scratch of the test; gone with the place. */
  readonly folder: string
  open(options?: { readonly callMsMax?: number }): Promise<Store>
}

export interface PlaceKind {
  readonly kind: StoreKind
  /** The times of short leases are multiplied by it: a round trip takes so much longer than in SQLite. */
  readonly pace: number
  /** Share of the rounds that SQLite gets by default. */
  readonly share: number
}

const everyKind: readonly PlaceKind[] = [
  { kind: 'sqlite', pace: 1, share: 1 },
  { kind: 'postgres', pace: 1, share: 0.7 },
  { kind: 's3', pace: 4, share: 0.17 },
  { kind: 'git', pace: 5, share: 0.17 },
]

/** All of them, or those that `CONDUCT_TEST_STORES` names, separated by commas. */
export const placeKinds: readonly PlaceKind[] = chosenKinds(process.env['CONDUCT_TEST_STORES'])

export function paceOf(kind: StoreKind): number {
  return everyKind.find((known) => known.kind === kind)?.pace ?? 1
}

/** How often a test does its thing: `long` times on demand, at least once. */
export function roundsOf(
  { share }: PlaceKind,
  rounds: { readonly usual: number; readonly long: number },
): number {
  return isLong ? rounds.long : Math.max(1, Math.round(rounds.usual * share))
}

export async function openPlace(kind: StoreKind): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), `conduct-place-${kind}-`))
  const { url, env, estate } = await makeAddress(kind, folder)
  // The worker that renews a lease of this very process opens the store too.
  Object.assign(process.env, env)
  return {
    kind,
    url,
    estate,
    env,
    folder,
    open: (options) => openStore(url, { estate, ...options }),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Environment of a process that works in that place. */
export function envOf(
  place: Pick<Place, 'env'>,
  more: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  return { ...process.env, ...place.env, ...more }
}

export async function closeServers(): Promise<void> {
  const closing = [...servers.values()]
  servers.clear()
  for (const server of closing) await (await server)[Symbol.asyncDispose]()
}

interface Address {
  readonly url: string
  readonly estate: string
  readonly env: Readonly<Record<string, string>>
}

interface PlaceServer extends AsyncDisposable {
  /** A place of its own on it. */
  address(): Promise<Address>
}

const servers = new Map<StoreKind, Promise<PlaceServer>>()

async function makeAddress(kind: StoreKind, folder: string): Promise<Address> {
  switch (kind) {
    case 'sqlite':
      return { url: `sqlite:${join(folder, 'state.db')}`, estate: 'test', env: {} }
    case 'postgres':
      return (await serverOf(kind, startPostgresPlaces)).address()
    case 's3':
      return (await serverOf(kind, startS3Places)).address()
    case 'git':
      return makeRepository(folder)
    default:
      return kind satisfies never
  }
}

function serverOf(kind: StoreKind, start: () => Promise<PlaceServer>): Promise<PlaceServer> {
  const running = servers.get(kind) ?? start()
  servers.set(kind, running)
  return running
}

/** A database each. */
async function startPostgresPlaces(): Promise<PlaceServer> {
  const { startPostgres } = await import('../servers/postgres.ts')
  const server = await startPostgres()
  return {
    address: async () => ({ url: await server.createDatabase(), estate: 'test', env: {} }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** An estate each below one prefix of a bucket: it is probed once. */
async function startS3Places(): Promise<PlaceServer> {
  const { startS3 } = await import('../servers/s3.ts')
  const { startDatedProxy } = await import('../servers/dated-proxy.ts')
  const server = await startS3()
  const proxy = await startDatedProxy(new URL(server.endpoint))
  const url = proxy.through(server.freshUrl())
  let made = 0
  return {
    address: async () => ({ url, estate: `test-${++made}`, env: server.env }),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** A bare repository, and a folder in which every process keeps what it fetched. */
function makeRepository(folder: string): Address {
  const bare = join(folder, 'remote.git')
  execFileSync('git', ['init', '--bare', '--quiet', bare])
  return { url: `git+file://${bare}`, estate: 'test', env: { XDG_CACHE_HOME: join(folder, 'cache') } }
}

function chosenKinds(names: string | undefined): readonly PlaceKind[] {
  if (names === undefined || names === '') return everyKind
  const wanted = names.split(',')
  const unknown = wanted.filter((name) => everyKind.every(({ kind }) => kind !== name))
  if (unknown.length > 0) throw new Error(`CONDUCT_TEST_STORES names unknown stores: ${unknown.join(', ')}`)
  return everyKind.filter(({ kind }) => wanted.includes(kind))
}
