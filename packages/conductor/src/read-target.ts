import type { Verify } from '@conduct/config'
import { type TemplateValues, expandText } from './template.ts'

/** One read of what answers at a target. */
const readTimeoutMs = 10_000
const answerBytesMax = 1024 * 1024

export type TargetRead =
  | { readonly answer: 'match' }
  | { readonly answer: 'other'; readonly said: string }
  | { readonly answer: 'unreadable'; readonly why: string }

/** Reads once what answers at the target and compares it with what should. */
export async function readTarget(
  verify: Verify,
  values: TemplateValues,
  signal: AbortSignal,
): Promise<TargetRead> {
  const url = expandText(verify.url, encoded(values))
  let body: string
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(readTimeoutMs)]),
      headers: { accept: 'application/json, text/plain;q=0.9, */*;q=0.1', 'cache-control': 'no-cache' },
    })
    if (!response.ok) {
      await response.body?.cancel()
      return { answer: 'unreadable', why: `${url} answered ${response.status}` }
    }
    body = await readLimited(response)
  } catch (error) {
    signal.throwIfAborted()
    return { answer: 'unreadable', why: `${url}: ${reasonOf(error)}` }
  }
  return compareAnswer(verify.expect, values, body)
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
