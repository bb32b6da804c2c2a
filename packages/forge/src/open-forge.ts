import type { Clock } from '@conduct/core'
import type { ForgeCredentials } from './credentials.ts'
import type { Forge } from './ports.ts'
import type { RepoAddress } from './repo-address.ts'

export interface ForgeOptions {
  readonly address: Pick<RepoAddress, 'kind' | 'host' | 'apiUrl'>
  readonly credentials: ForgeCredentials
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How long all waits that the forge asks for may take together, per call. Default: five minutes. */
  readonly limitWaitMsMax?: number
  /** One request. Default: thirty seconds. */
  readonly requestMsMax?: number
}

/** The forge's client is heavy and loads on first use. */
export async function openForge(options: ForgeOptions): Promise<Forge> {
  const { openGithub } = await import('./github/open-github.ts')
  return openGithub(options)
}
