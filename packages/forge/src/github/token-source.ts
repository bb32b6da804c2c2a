import { createSign } from 'node:crypto'
import { type Clock, ConductError } from '@conduct/core'
import { Octokit } from '@octokit/rest'
import type { ForgeCredentials } from '../credentials.ts'
import { errorFrom, translateFailure } from './failures.ts'

/** The token of each request. An App's tokens live an hour and are renewed in time. */
export interface TokenSource {
  readonly token: () => Promise<string>
  /** Every secret that was in use, to be taken out of what servers say. */
  readonly secrets: () => readonly string[]
  /** Who an App is; null for a token, which has to ask with itself. */
  readonly appLogin: (() => Promise<string>) | null
}

export interface TokenOptions {
  readonly host: string
  readonly apiUrl: string
  readonly credentials: ForgeCredentials
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly requestMsMax: number
  /** The repository whose installation is used when none is named. */
  readonly repository: () => { readonly owner: string; readonly repo: string } | null
}

/** GitHub refuses a JWT that lives longer than ten minutes, and clocks differ. */
const jwtLifeS = 9 * 60
const jwtSkewS = 60
const renewBeforeMs = 5 * 60_000

export function tokenSource(options: TokenOptions): TokenSource {
  const { credentials } = options
  if (credentials.kind === 'token') {
    const { token } = credentials
    return { token: () => Promise.resolve(token), secrets: () => [token], appLogin: null }
  }
  return appTokens(options, credentials)
}

function appTokens(options: TokenOptions, app: Extract<ForgeCredentials, { kind: 'app' }>): TokenSource {
  const used = new Set<string>()
  let current: { readonly token: string; readonly endsAtMs: number } | null = null
  let renewal: Promise<string> | null = null

  const ask = async <Data>(
    what: string,
    call: (octokit: Octokit) => Promise<{ readonly data: Data }>,
  ): Promise<Data> => {
    const jwt = appJwt(app, options.clock.wallMs())
    used.add(jwt)
    const silent = () => undefined
    const octokit = new Octokit({
      baseUrl: options.apiUrl,
      userAgent: 'conduct',
      auth: jwt,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      request: { signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.requestMsMax)]) },
    })
    try {
      return (await call(octokit)).data
    } catch (error) {
      options.signal.throwIfAborted()
      const failure = translateFailure(error, {
        what,
        host: options.host,
        wallMs: options.clock.wallMs(),
        secrets: [...used],
      })
      throw failure.kind === 'absent'
        ? new ConductError('FORGE_CREDENTIALS', failure.said)
        : errorFrom(failure)
    }
  }
  const renew = async (): Promise<string> => {
    const installation_id = app.installationId ?? (await installationOf(options, ask))
    const { token, expires_at } = await ask('asking for a token of the App', (octokit) =>
      octokit.rest.apps.createInstallationAccessToken({ installation_id }),
    )
    used.add(token)
    current = { token, endsAtMs: Date.parse(expires_at) }
    return token
  }
  return {
    secrets: () => [...used],
    async token() {
      if (current !== null && current.endsAtMs - renewBeforeMs > options.clock.wallMs()) return current.token
      renewal ??= renew().finally(() => {
        renewal = null
      })
      return await renewal
    },
    async appLogin() {
      const own = await ask('asking who the App is', (octokit) => octokit.rest.apps.getAuthenticated())
      return `${own?.slug ?? `app-${app.appId}`}[bot]`
    },
  }
}

async function installationOf(
  options: TokenOptions,
  ask: <Data>(what: string, call: (octokit: Octokit) => Promise<{ readonly data: Data }>) => Promise<Data>,
): Promise<number> {
  const repository = options.repository()
  if (repository === null) {
    throw new ConductError('FORGE_CREDENTIALS', 'Which installation of the App is meant is not known yet')
  }
  const what = `looking for the App's installation for ${repository.owner}/${repository.repo}`
  return (await ask(what, (octokit) => octokit.rest.apps.getRepoInstallation(repository))).id
}

/** Source: "Generating a JSON Web Token (JWT) for a GitHub App". */
function appJwt(app: { readonly appId: string; readonly privateKey: string }, wallMs: number): string {
  const nowS = Math.floor(wallMs / 1_000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const open = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: nowS - jwtSkewS, exp: nowS + jwtLifeS, iss: app.appId })}`
  try {
    return `${open}.${createSign('RSA-SHA256').update(open).sign(app.privateKey, 'base64url')}`
  } catch {
    // What OpenSSL says may quote the key.
    throw new ConductError('FORGE_CREDENTIALS', 'The private key of the App is no readable PEM key')
  }
}
