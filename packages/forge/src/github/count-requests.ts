import type { ForgeUsage, LimitLeft } from '../ports/usage.ts'

type Counted = { -readonly [Key in 'requests' | 'unchanged' | 'writes']: ForgeUsage[Key] }

/** A request as the client is about to send it. */
export interface AskedRequest {
  readonly method: string
  readonly url: string
  readonly [parameter: string]: unknown
}

/** Counts requests by repository, and keeps what the forge said last of its hourly limit. */
export function countRequests() {
  const byRepository = new Map<string | null, Counted>()
  let limitPerHour: number | null = null
  let left: LimitLeft | null = null
  return {
    sent(asked: AskedRequest): void {
      const counted = countedFor(asked)
      counted.requests += 1
      if (isWrite(asked)) counted.writes += 1
    },
    unchanged(asked: AskedRequest): void {
      const counted = countedFor(asked)
      counted.requests -= 1
      counted.unchanged += 1
    },
    heard(asked: AskedRequest, headers: Readonly<Record<string, string | number | undefined>>): void {
      // Its other query language has a budget of its own.
      const said = Number(headers['x-ratelimit-limit'])
      if (isGraphql(asked) || !Number.isInteger(said) || said <= 0) return
      limitPerHour = said
      const requests = Number(headers['x-ratelimit-remaining'])
      const resetS = Number(headers['x-ratelimit-reset'])
      if (!Number.isInteger(requests) || requests < 0) return
      left = { requests, resetMs: Number.isInteger(resetS) && resetS > 0 ? resetS * 1000 : null }
    },
    usage: (): readonly ForgeUsage[] =>
      [...byRepository].map(([repository, counted]) => ({ repository, ...counted })),
    limitPerHour: (): number | null => limitPerHour,
    limitLeft: (): LimitLeft | null => left,
  }

  function countedFor({ owner, repo }: AskedRequest): Counted {
    const repository = typeof owner === 'string' && typeof repo === 'string' ? `${owner}/${repo}` : null
    const counted = byRepository.get(repository) ?? { requests: 0, unchanged: 0, writes: 0 }
    byRepository.set(repository, counted)
    return counted
  }
}

function isGraphql({ url }: AskedRequest): boolean {
  return url.endsWith('/graphql')
}

function isWrite(asked: AskedRequest): boolean {
  return isGraphql(asked) ? /^\s*mutation\b/.test(String(asked['query'])) : asked.method !== 'GET'
}
