import { isAbsolute } from 'node:path'
import { ConductError } from '@conduct/core'
import { describeStoreUrl } from './describe-store-url.ts'
import type { Store } from './store.ts'
import { defaultSqlitePath } from './stores/sqlite-place.ts'

export interface OpenStoreOptions {
  /** Names the default place, and keeps the estates of one place apart; needed for plain `sqlite`. */
  readonly estate?: string
  /** A call that has not been answered by then fails with STORE_UNREACHABLE. */
  readonly callMsMax?: number
  readonly env?: NodeJS.ProcessEnv
}

/** Below the shortest renewal interval that makes sense, so that a hanging store is noticed in time. */
const callMsMaxDefault = 10_000

/**
 * Opens the store of an address from lanes.yaml (`store:`). Only the client of that kind of store is loaded.
 *
 * @throws ConductError STORE_UNSUPPORTED, STORE_DISABLED (plain `sqlite` in a CI job, whose default place is empty
 *   every time), STORE_REFUSED, STORE_NEWER, STORE_UNREACHABLE
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  const scheme = /^[a-z0-9+]+(?=:|$)/.exec(url)?.[0] ?? describeStoreUrl(url)
  const open = openers[scheme]
  if (open !== undefined) return open(url, options)
  const known = ['sqlite, sqlite:/absolute/path', ...Object.keys(openers).filter((name) => name !== 'sqlite')]
  throw new ConductError(
    'STORE_UNSUPPORTED',
    `This version of conduct has no store "${scheme}"; it has: ${known.join(', ')}.`,
  )
}

/**
 * An address of lanes.yaml as it is written down for others: complete, and without credentials.
 *
 * @throws ConductError STORE_UNSUPPORTED, STORE_DISABLED
 */
export function storeAddress(url: string, options: OpenStoreOptions): string {
  const scheme = /^[a-z0-9+]+(?=:|$)/.exec(url)?.[0] ?? describeStoreUrl(url)
  if (openers[scheme] === undefined) {
    throw new ConductError('STORE_UNSUPPORTED', `This version of conduct has no store "${scheme}".`)
  }
  return scheme === 'sqlite' ? `sqlite:${sqlitePath(url, options)}` : describeStoreUrl(url)
}

type Open = (url: string, options: OpenStoreOptions) => Promise<Store>

const openGit: Open = async (url, options) => {
  const { openGitStore } = await import('./stores/git.ts')
  return openGitStore({ url, env: options.env ?? process.env, ...settings(options) })
}

const openers: Readonly<Record<string, Open>> = {
  sqlite: async (url, options) => {
    const path = sqlitePath(url, options)
    const { openSqliteStore } = await import('./stores/sqlite.ts')
    return openSqliteStore({ path, ...settings(options) })
  },
  s3: async (url, options) => {
    const { openS3Store } = await import('./stores/s3.ts')
    return openS3Store({ url, ...settings(options) })
  },
  'git+ssh': openGit,
  'git+https': openGit,
  'git+http': openGit,
  'git+file': openGit,
  postgres: openPostgres,
  postgresql: openPostgres,
}

async function openPostgres(url: string, options: OpenStoreOptions): Promise<Store> {
  const { openPostgresStore } = await import('./stores/postgres.ts')
  return openPostgresStore({ url, ...settings(options) })
}

/** What every store is opened with, beside its address. */
function settings({ estate, callMsMax }: OpenStoreOptions) {
  return { estate: estate ?? null, callMsMax: callMsMax ?? callMsMaxDefault }
}

function sqlitePath(url: string, { estate, env = process.env }: OpenStoreOptions): string {
  if (url === 'sqlite') {
    if (isCi(env)) {
      throw new ConductError('STORE_DISABLED', 'In a CI job the default store would be empty every time.')
    }
    if (estate === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(estate)) {
      throw new ConductError('STORE_UNSUPPORTED', 'The default store needs the name of an estate.')
    }
    return defaultSqlitePath(estate, env)
  }
  const path = url.slice('sqlite:'.length)
  if (!isAbsolute(path)) {
    throw new ConductError('STORE_UNSUPPORTED', `The path of the store is not absolute: ${path}`)
  }
  return path
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  const value = env['CI']
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
