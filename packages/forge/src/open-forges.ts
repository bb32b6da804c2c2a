import type { Clock } from '@conduct/core'
import { credentialsFrom } from './credentials.ts'
import { openForge } from './open-forge.ts'
import type { Forge, ForgeRepository } from './ports.ts'
import { type DeclaredRepo, type RepoAddress, addressOf } from './repo-address.ts'

/** A declared repo at its forge. */
export interface RepoAtForge {
  readonly forge: Forge
  readonly repository: ForgeRepository
}

/**
 * The repo at its forge, or null where it has none.
 *
 * @throws ConductError FORGE_CREDENTIALS, FORGE_REMOTE_UNKNOWN: it has one, and cannot be asked there
 */
export type AskForge = (repo: DeclaredRepo) => Promise<RepoAtForge | null>

export interface ForgesOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** As in `ForgeOptions`: whoever only looks does not wait for long. */
  readonly limitWaitMsMax?: number
  readonly requestMsMax?: number
}

/** Opens each forge once, on the first question: its repositories share limits, and what it answered before. */
export function openForges({ env, ...options }: ForgesOptions): AskForge {
  const opened = new Map<string, Promise<Forge>>()
  return async (repo) => {
    const address = addressOf(repo)
    if (address === null) return null
    const forge = await once(opened, keyOf(address, env), () =>
      openForge({
        ...options,
        address,
        credentials: credentialsFrom(env, address),
      }),
    )
    return { forge, repository: forge.repository(address.owner, address.name) }
  }
}

/** An App may be installed for each owner by itself, with a token of its own. */
function keyOf({ host, owner }: RepoAddress, env: ForgesOptions['env']): string {
  return env['CONDUCT_GITHUB_APP_ID'] === undefined ? host : `${host}/${owner}`
}

/** One that could not be opened is tried again when it is asked for again. */
async function once(
  opened: Map<string, Promise<Forge>>,
  key: string,
  open: () => Promise<Forge>,
): Promise<Forge> {
  const forge = opened.get(key) ?? open()
  opened.set(key, forge)
  try {
    return await forge
  } catch (error) {
    opened.delete(key)
    throw error
  }
}
