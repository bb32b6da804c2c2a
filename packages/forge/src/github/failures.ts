import { ConductError, assertNever } from '@conduct/core'
import { type Unknown, unknown } from '../reading.ts'

/**
 * What came instead of data, in the few kinds that make a difference. Source: GitHub's pages "Troubleshooting the REST
 * API" and "Rate limits for the REST API".
 */
export type Failure =
  /** 404, 410: not there, or hidden from us. */
  | { readonly kind: 'absent'; readonly said: string }
  | { readonly kind: 'refused'; readonly status: number; readonly said: string }
  /** Carried out nothing; asks us to wait. */
  | {
      readonly kind: 'limited'
      readonly said: string
      readonly waitMs: number
      readonly isToldHowLong: boolean
    }
  /** No answer, a 5xx, half an answer: what was asked for may have happened. */
  | {
      readonly kind: 'silent'
      readonly said: string
      /** There was no connection: it never left. */
      readonly isUnsent?: true
    }

interface Asked {
  /** Begins the message: "reading the checks of 1a2b3c4". */
  readonly what: string
  readonly host: string
  readonly wallMs: number
  readonly secrets: readonly string[]
}

interface Answered {
  readonly status: number
  readonly response?: {
    readonly headers: Readonly<Record<string, string | undefined>>
    readonly data: unknown
  }
}

/** Without a word how long: GitHub asks for at least a minute. */
const untoldWaitMs = 60_000
const resetMarginMs = 1_000
const saidLengthMax = 300

export function translateFailure(error: unknown, asked: Asked): Failure {
  const message = tell(error instanceof Error ? error.message : String(error), asked.secrets)
  const said = `${asked.what}: ${asked.host} said: ${message}`
  const graphql = graphqlKinds(error)
  if (graphql !== null) return graphqlFailure(graphql, said)
  const answered = isAnswered(error) ? error : null
  if (answered?.response === undefined) {
    const silence = `${asked.what}: ${asked.host} did not answer (${message})`
    return { kind: 'silent', said: silence, ...(wasUnsent(error) ? { isUnsent: true } : {}) }
  }
  const limit = limitOf(answered.status, answered.response, asked.wallMs)
  if (limit !== null) return { kind: 'limited', said, ...limit }
  if (answered.status >= 500 || answered.status === 408) {
    return { kind: 'silent', said: `${asked.what}: ${asked.host} answered ${answered.status}` }
  }
  if (answered.status === 404 || answered.status === 410) return { kind: 'absent', said }
  return { kind: 'refused', status: answered.status, said }
}

/** For looks: a failure as a reading. Absent is for the caller to believe. */
export function unknownFrom(failure: Failure): Unknown {
  return unknown(failure.said, failure.kind === 'silent' || failure.kind === 'limited')
}

/** For changes: a failure as the error to throw. */
export function errorFrom(failure: Failure): ConductError {
  switch (failure.kind) {
    case 'silent':
      return new ConductError('FORGE_UNREACHABLE', failure.said)
    case 'limited':
      return new ConductError('FORGE_LIMITED', failure.said, { details: { waitMs: failure.waitMs } })
    case 'absent':
      return new ConductError('FORGE_REFUSED', failure.said, { details: { status: 404 } })
    case 'refused':
      return new ConductError(failure.status === 401 ? 'FORGE_CREDENTIALS' : 'FORGE_REFUSED', failure.said, {
        details: { status: failure.status },
      })
    default:
      return assertNever(failure)
  }
}

function limitOf(
  status: number,
  response: NonNullable<Answered['response']>,
  wallMs: number,
): { readonly waitMs: number; readonly isToldHowLong: boolean } | null {
  if (status !== 403 && status !== 429) return null
  const { headers } = response
  const seconds = wholeNumber(headers['retry-after'])
  if (seconds !== null) return { waitMs: seconds * 1_000, isToldHowLong: true }
  const reset = wholeNumber(headers['x-ratelimit-reset'])
  if (headers['x-ratelimit-remaining'] === '0' && reset !== null) {
    return { waitMs: Math.max(0, reset * 1_000 - wallMs) + resetMarginMs, isToldHowLong: true }
  }
  // A 403 that carries neither header says only in words that it is a limit.
  const isLimit = status === 429 || /\brate[ -]limit/i.test(JSON.stringify(response.data ?? ''))
  return isLimit ? { waitMs: untoldWaitMs, isToldHowLong: false } : null
}

function graphqlFailure(kinds: readonly string[], said: string): Failure {
  if (kinds.includes('RATE_LIMITED'))
    return { kind: 'limited', said, waitMs: untoldWaitMs, isToldHowLong: false }
  if (kinds.includes('NOT_FOUND')) return { kind: 'absent', said }
  if (kinds.includes('INTERNAL') || kinds.includes('SERVICE_UNAVAILABLE')) return { kind: 'silent', said }
  return { kind: 'refused', status: kinds.includes('FORBIDDEN') ? 403 : 422, said }
}

function graphqlKinds(error: unknown): readonly string[] | null {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return null
  return error.errors.map((one: { readonly type?: unknown }) =>
    typeof one.type === 'string' ? one.type : '',
  )
}

/** What the system says of a connection that did not come about. */
const noConnection = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']
const causesMax = 5

function wasUnsent(error: unknown): boolean {
  let at: unknown = error
  for (let depth = 0; depth < causesMax && at instanceof Error; depth += 1) {
    if ('code' in at && typeof at.code === 'string') return noConnection.includes(at.code)
    at = at.cause
  }
  return false
}

function isAnswered(error: unknown): error is Error & Answered {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number.parseInt(text, 10) : null
}

/** One line, of limited length, without control characters and without what must not be said. */
function tell(text: string, secrets: readonly string[]): string {
  let open = text
  for (const secret of secrets) open = open.replaceAll(secret, '***')
  // oxlint-disable-next-line no-control-regex -- an answer of a server goes to a terminal
  return open.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, saidLengthMax)
}
