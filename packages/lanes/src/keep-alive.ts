import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ConductError } from '@conduct/core'
import type { LaneDefinition, ProcessIdentity } from './document.ts'
import type { LeaseKey } from './lane/renewal.ts'
import { entryUrl } from './lane/worker-renewal.ts'

/** What the detached renewer is told, through its standard input. */
export interface KeeperOrder {
  readonly storeUrl: string
  readonly estate: string | null
  readonly lane: string
  readonly definition: LaneDefinition
  readonly key: LeaseKey
  /** Renews only while this process runs: the shell or agent the command came from. */
  readonly parent: ProcessIdentity
  /** And never longer than this. */
  readonly lifeMsMax: number
}

export const keeperReady = 'renewing\n'

/**
 * Leaves a detached renewer of an unattended lease behind (`--keep`).
 *
 * @returns its pid, once it has renewed for the first time.
 * @throws ConductError LEASE_LOST  its first renewal was refused or its parent is gone.
 */
export async function keepAlive(order: KeeperOrder): Promise<{ readonly pid: number }> {
  const keeper = spawn(process.execPath, [fileURLToPath(entryUrl('#keeper'))], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  keeper.stdin.end(JSON.stringify(order))
  const isReady = await new Promise<boolean>((resolve, reject) => {
    keeper.once('error', reject)
    keeper.once('exit', () => resolve(false))
    keeper.stdout.once('data', () => resolve(true))
  })
  if (!isReady || keeper.pid === undefined) {
    throw new ConductError('LEASE_LOST', `The lease of lane ${order.lane} could not be kept alive.`)
  }
  keeper.stdout.destroy()
  keeper.unref()
  return { pid: keeper.pid }
}
