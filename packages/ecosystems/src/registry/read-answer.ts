import { type AnswerDigest, compareDigest } from './answer-digest.ts'

/** Reads one HTTP answer with limits. Nothing is cached, nothing is retried: the caller decides. */
export type Answer =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly text: string
      readonly json: unknown
      readonly isJson: boolean
      /** What its headers say of its body. */
      readonly digest: AnswerDigest
    }
  | { readonly kind: 'failed'; readonly reason: string }

export interface AskOptions {
  readonly url: string
  readonly timeoutMs: number
  readonly bodyBytesMax: number
  readonly accept?: string
  readonly authorization?: string | null
  /** False: the status is all that is wanted; the body is dropped unread. */
  readonly wantsBody: boolean
  /** Not compressed on its way, so that its digest can be compared. */
  readonly isPlain?: boolean
  readonly signal?: AbortSignal | undefined
}

export async function ask(options: AskOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  try {
    const response = await fetch(options.url, {
      signal,
      headers: {
        accept: options.accept ?? '*/*',
        'cache-control': 'no-cache',
        pragma: 'no-cache',
        'user-agent': 'conduct',
        ...(options.isPlain === true ? { 'accept-encoding': 'identity' } : {}),
        ...(typeof options.authorization === 'string' ? { authorization: options.authorization } : {}),
      },
    })
    if (!options.wantsBody) {
      await response.body?.cancel()
      return {
        kind: 'answered',
        status: response.status,
        text: '',
        json: null,
        isJson: false,
        digest: 'untold',
      }
    }
    const bytes = await readBytes(response, options.bodyBytesMax)
    const text = bytes.toString('utf8')
    const digest = compareDigest(bytes, response.headers)
    return { kind: 'answered', status: response.status, text, ...parsed(text), digest }
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    return {
      kind: 'failed',
      reason: timeout.aborted ? `no answer within ${options.timeoutMs} ms` : said(error),
    }
  }
}

async function readBytes(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new Error(`the answer is larger than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parsed(text: string): { readonly json: unknown; readonly isJson: boolean } {
  try {
    return { json: JSON.parse(text) as unknown, isJson: true }
  } catch (error) {
    if (error instanceof SyntaxError) return { json: null, isJson: false }
    throw error
  }
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : null
  return cause === null ? error.message : cause.message || String((cause as { code?: unknown }).code)
}
