import { execFileSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import path from 'node:path'
import { buildMigrationEstate } from '@conduct/rehearsal'

import { conduct, type Ended, temporaryFolder } from '../e2e/conduct-process.ts'

export interface Captain {
  readonly path: string
  readonly git: (...args: readonly string[]) => string
  readonly batch: (...args: readonly string[]) => Promise<Ended>
}

export interface Ledger extends Disposable {
  readonly path: string
  /** In a clone of its own; with a folder of its own, a lanes.yaml and a store of its own, too, if there is one. */
  captain(name: string, options?: { readonly dir?: string; readonly server?: string }): Captain
}

/** Twelve open branches of SQL, planned and written by captains in clones of their own, with one store. */
export async function openLedger(): Promise<Ledger> {
  const folder = temporaryFolder()
  await buildMigrationEstate({ dir: folder.path, kind: 'sql' })
  return {
    path: folder.path,
    captain: (name, { dir = folder.path, server } = {}) => {
      const place = path.join(dir, name)
      if (!existsSync(place)) cpSync(path.join(folder.path, 'ledger'), place, { recursive: true })
      const env = { PATH: process.env['PATH'] ?? '', HOME: dir, GIT_CONFIG_NOSYSTEM: '1' }
      const scratch = server === undefined ? {} : { CONDUCT_SCRATCH_SERVER: server }
      return {
        path: place,
        git: (...args) => execFileSync('git', args, { cwd: place, env, encoding: 'utf8' }).trim(),
        batch: (...args) => conduct(['batch', ...args], { cwd: place, env: { HOME: dir, ...scratch } }),
      }
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}
