import type { Clock } from '@conduct/core'
import {
  type Forge,
  type ForgeCredentials,
  type ForgeOptions,
  type ForgeRepository,
  openForge,
} from '@conduct/forge'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'

export const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
export const startMs = Date.UTC(2026, 5, 1, 12)

/** Time of the test: a sleep takes none, and something may happen during it. */
export interface TestClock extends Clock {
  readonly slept: readonly number[]
  duringSleep: (() => Promise<void> | void) | null
}

export function testClock(): TestClock {
  let nowMs = 0
  const slept: number[] = []
  const clock: TestClock = {
    slept,
    duringSleep: null,
    wallMs: () => startMs + nowMs,
    monotonicMs: () => nowMs,
    bootMs: () => nowMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      slept.push(ms)
      nowMs += ms
      await clock.duringSleep?.()
    },
    after: () => () => undefined,
  }
  return clock
}

/** The double with one repository, `acme/shop`, that ana may write; and conduct's forge as ana. */
export interface Workshop extends AsyncDisposable {
  readonly github: GithubDouble
  readonly shop: RepositoryDouble
  readonly clock: TestClock
  readonly forge: Forge
  readonly repository: ForgeRepository
  readonly stop: AbortController
  openAs(credentials: ForgeCredentials, options?: Partial<ForgeOptions>): Promise<Forge>
}

export async function openWorkshop(options: Partial<ForgeOptions> = {}): Promise<Workshop> {
  const clock = testClock()
  const github = await startGithub({ nowS: () => Math.floor(clock.wallMs() / 1_000) })
  const shop = await github.createRepository('acme/shop')
  await shop.commit('main', { 'README.md': 'shop\n' })
  shop.records.access.set('ana', 'write')
  github.addToken(token, { login: 'ana', kind: 'user', scopes: ['repo', 'workflow'] })
  const stop = new AbortController()
  const address = { kind: 'github' as const, host: new URL(github.url).host, apiUrl: github.apiUrl }
  const openAs: Workshop['openAs'] = (credentials, more = {}) =>
    openForge({ address, credentials, clock, signal: stop.signal, ...options, ...more })
  const forge = await openAs({ kind: 'token', token })
  return {
    github,
    shop,
    clock,
    forge,
    stop,
    openAs,
    repository: forge.repository('acme', 'shop'),
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  }
}

/** The start of every endpoint of a repository, as GitHub's documentation writes it. */
export const inRepo = '/repos/{owner}/{repo}'
