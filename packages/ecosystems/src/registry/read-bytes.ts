/** Reads a body of any size piece by piece, within limits; nothing is retried. */
export interface ReadBytesOptions {
  readonly url: string
  readonly timeoutMs: number
  readonly bytesMax: number
  readonly authorization: string | null
  readonly signal?: AbortSignal | undefined
  readonly take: (chunk: Uint8Array) => unknown
}

export type ReadBytes = { readonly state: 'read' } | { readonly state: 'failed'; readonly reason: string }

export async function readBytes(options: ReadBytesOptions): Promise<ReadBytes> {
  const { url, bytesMax, take } = options
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  try {
    const response = await fetch(url, {
      signal,
      headers: {
        'user-agent': 'conduct',
        ...(options.authorization === null ? {} : { authorization: options.authorization }),
      },
    })
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel()
      return { state: 'failed', reason: `answered ${response.status}` }
    }
    let bytes = 0
    for await (const chunk of response.body) {
      bytes += chunk.byteLength
      if (bytes > bytesMax) return { state: 'failed', reason: `more than ${bytesMax} bytes` }
      take(chunk)
    }
    return { state: 'read' }
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { state: 'failed', reason: cause instanceof Error ? cause.message : String(cause) }
  }
}
