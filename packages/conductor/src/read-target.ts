import type { Verify } from '@conduct/config'
import { type TemplateValues, expandText } from './template.ts'

/** One read of what answers at a target. */
const readTimeoutMs = 10_000
const answerBytesMax = 1024 * 1024
const redirectsMax = 3

export type TargetRead =
  | { readonly answer: 'match' }
  | { readonly answer: 'other'; readonly said: string }
  | { readonly answer: 'unreadable'; readonly why: string }

export interface ReadOptions {
  readonly signal: AbortSignal
  /**
   * Milliseconds since 1970. An answer that a cache says to be older tells what ran then, not what runs now. Absent:
   * any age will do.
   */
  readonly notBeforeMs?: number
  readonly nowMs?: () => number
  /** One read, from the question to the last byte. */
  readonly timeoutMs?: number
}

/**
 * Reads once what answers at a target and compares it with what should. Redirects are followed on the same host only:
 * a login page elsewhere is no answer of the target.
 */
export async function readTarget(
  verify: Verify,
  values: TemplateValues,
  options: ReadOptions,
): Promise<TargetRead> {
  const { signal, timeoutMs = readTimeoutMs } = options
  const url = expandText(verify.url, encoded(values))
  const limit = AbortSignal.timeout(timeoutMs)
  let body: string
  try {
    const response = await fetchOnHost(url, AbortSignal.any([signal, limit]))
    if (typeof response === 'string') return { answer: 'unreadable', why: response }
    const stale = staleness(response, options)
    if (!response.ok || stale !== null) {
      await response.body?.cancel()
      return { answer: 'unreadable', why: stale ?? `${url} answered ${response.status}` }
    }
    body = await readLimited(response)
  } catch (error) {
    signal.throwIfAborted()
    const why = limit.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error)
    return { answer: 'unreadable', why: `${url}: ${why}` }
  }
  return compareAnswer(verify.expect, values, body)
}

/** @returns the answer, or why there is none. */
async function fetchOnHost(url: string, signal: AbortSignal): Promise<Response | string> {
  let at = new URL(url)
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    const response = await fetch(at.href, {
      signal,
      redirect: 'manual',
      headers: {
        accept: 'application/json, text/plain;q=0.9, */*;q=0.1',
        'cache-control': 'no-cache',
        pragma: 'no-cache',
      },
    })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return response
    await response.body?.cancel()
    const to = URL.canParse(location, at.href) ? new URL(location, at.href) : null
    const isWorse = to !== null && at.protocol === 'https:' && to.protocol !== 'https:'
    if (to === null || to.hostname !== at.hostname || isWorse) {
      return `${at.href} sends us elsewhere, to ${to?.origin ?? 'no address'}`
    }
    at = to
  }
  return `${url} redirects more than ${redirectsMax} times`
}

/** `Age` says how long ago a cache took the answer from the target. */
function staleness(response: Response, { notBeforeMs, nowMs = Date.now }: ReadOptions): string | null {
  const ageS = Number(response.headers.get('age') ?? 0)
  if (notBeforeMs === undefined || !Number.isFinite(ageS) || ageS <= 0) return null
  const isOlder = nowMs() - ageS * 1000 < notBeforeMs
  return isOlder ? `${response.url}: a cache answered, ${ageS} s old: from before the deploy` : null
}

/** Pure: whether an answer is what is expected. */
export function compareAnswer(expect: Verify['expect'], values: TemplateValues, body: string): TargetRead {
  if ('text' in expect) {
    const said = body.trim()
    return said === expandText(expect.text, values)
      ? { answer: 'match' }
      : { answer: 'other', said: shorten(said) }
  }
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return { answer: 'unreadable', why: `no JSON: ${shorten(body.trim())}` }
  }
  const wrong = Object.entries(expect.json).flatMap(([field, template]) => {
    const wanted = expandText(template, values)
    const said = fieldOf(answer, field)
    return said === wanted ? [] : [`${field} is ${said ?? 'missing'}, not ${wanted}`]
  })
  return wrong.length === 0 ? { answer: 'match' } : { answer: 'other', said: wrong.join('; ') }
}

function fieldOf(answer: unknown, field: string): string | null {
  if (answer === null || typeof answer !== 'object' || !Object.hasOwn(answer, field)) return null
  const value = (answer as Readonly<Record<string, unknown>>)[field]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > answerBytesMax) throw new Error(`more than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function encoded(values: TemplateValues): TemplateValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? null : encodeURIComponent(value)]),
  )
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
