import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { openStore, type Store, type StoreKind } from '@conduct/lanes/engine'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { startS3 } from '../../servers/s3.ts'
import { type Floor, openFloor } from './floors/floor.ts'

const run = promisify(execFile)

/** A place for stores that syncs to disk as it would in earnest. */
export interface BenchPlace extends AsyncDisposable {
  readonly kind: StoreKind
  readonly url: string
  /** A handle with connections of its own. */
  open(estate?: string): Promise<Store>
  floor(estate: string): Promise<Floor>
  /** A file or folder that goes when the place goes. */
  readonly folder: string
}

export interface BenchServers extends AsyncDisposable {
  /** The one that lanes and their peers share. */
  postgres(): Promise<PostgresServer>
  place(kind: StoreKind): Promise<BenchPlace>
}

export const benchEstate = 'bench'

/** Servers start when they are first needed, once for the whole run. */
export function openBenchServers(): BenchServers {
  const stack = new AsyncDisposableStack()
  let postgresServer: Promise<PostgresServer> | null = null
  let s3Server: ReturnType<typeof startS3> | null = null
  const postgres = () =>
    (postgresServer ??= startPostgres({ isDurable: true }).then((server) => stack.use(server)))
  const s3 = () =>
    (s3Server ??= startS3().then((server) => {
      Object.assign(process.env, server.env)
      return stack.use(server)
    }))
  const addressOf = async (kind: StoreKind, folder: string): Promise<string> => {
    switch (kind) {
      case 'sqlite':
        return `sqlite:${path.join(folder, 'state.db')}`
      case 'postgres':
        return (await postgres()).createDatabase()
      case 's3':
        return (await s3()).freshUrl()
      case 'git': {
        const bare = path.join(folder, 'lanes.git')
        await run('git', ['init', '--quiet', '--bare', bare])
        return `git+file://${bare}`
      }
      default:
        return kind satisfies never
    }
  }
  return {
    postgres,
    place: async (kind) => {
      const folder = await mkdtemp(path.join(tmpdir(), `conduct-bench-${kind}-`))
      const url = await addressOf(kind, folder)
      return {
        kind,
        url,
        folder,
        open: (estate = benchEstate) => openStore(url, { estate }),
        floor: (estate) => openFloor({ kind, url, folder, estate }),
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
