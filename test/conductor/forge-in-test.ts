import type { Clock } from '@conduct/core'
import { type AskForge, openForge } from '@conduct/forge'
import { systemClock } from '@conduct/lanes/engine'

/** A double of GitHub that one remote is said to live at; plain data, so that a child process can be told. */
export interface ForgeInTest {
  readonly apiUrl: string
  readonly token: string
  readonly remote: string
  /** `acme/engine` */
  readonly repository: string
}

export async function askForgeAt(
  { apiUrl, token, remote, repository }: ForgeInTest,
  clock: Clock = systemClock,
): Promise<AskForge> {
  const forge = await openForge({
    address: { kind: 'github', host: new URL(apiUrl).host, apiUrl },
    credentials: { kind: 'token', token },
    clock,
    signal: new AbortController().signal,
  })
  const [owner = '', name = ''] = repository.split('/')
  return async (repo) =>
    repo.remote === remote ? { forge, repository: forge.repository(owner, name) } : null
}
