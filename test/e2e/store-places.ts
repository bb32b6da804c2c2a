import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { startPostgres } from '../servers/postgres.ts'
import { startS3 } from '../servers/s3.ts'

const run = promisify(execFile)

/** Where a store can be, and what a process needs in its environment to get there. */
export interface StorePlace extends AsyncDisposable {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
}

/** A real place of every kind of store, empty, for processes of their own. */
export const storePlaces = {
  sqlite: async () => {
    const folder = await temporary()
    return { url: `sqlite:${join(folder.path, 'state.db')}`, env: {}, [Symbol.asyncDispose]: folder.remove }
  },
  postgres: async () => {
    // As a server must be set that a rehearsal accepts.
    const server = await startPostgres({ isDurable: true })
    const url = new URL(await server.createDatabase())
    // No password ever stands in lanes.yaml.
    url.password = ''
    return {
      url: url.href,
      env: { PGPASSWORD: server.password },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  s3: async () => {
    const server = await startS3()
    return {
      url: server.freshUrl(),
      env: server.env,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
  git: async () => {
    const folder = await temporary()
    const bare = join(folder.path, 'lanes.git')
    await run('git', ['init', '--quiet', '--bare', bare])
    return { url: `git+file://${bare}`, env: {}, [Symbol.asyncDispose]: folder.remove }
  },
} satisfies Record<string, () => Promise<StorePlace>>

export type StoreKind = keyof typeof storePlaces
export const storeKinds: readonly StoreKind[] = ['sqlite', 'postgres', 's3', 'git']

async function temporary(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'conduct-store-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
