import type { ServerResponse } from 'node:http'
import { type Answer, refusal } from './route.ts'

export interface ForgeCall {
  readonly method: string
  /** As GitHub's documentation writes it: `PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge`. */
  readonly endpoint: string
  readonly path: string
  /** 1 for the first call of this endpoint. */
  readonly nth: number
}

/** What can happen to a request instead of an honest answer. */
export type ForgeFault =
  /** Refused or failed before anything was done. */
  | { readonly fault: 'status'; readonly status: number; readonly message?: string }
  /** Carried out, and then: an error of the server. */
  | { readonly fault: 'acts_then_status'; readonly status: number }
  /** The connection dies without a word, before or after it was carried out. */
  | { readonly fault: 'unanswered'; readonly acts: boolean }
  /** Carried out, and the answer stops in the middle. */
  | { readonly fault: 'half' }
  /** What the same question was answered before; the first time, honestly. */
  | { readonly fault: 'stale' }
  /** Neither carried out nor answered. */
  | { readonly fault: 'hang' }
  /** Carried out and answered once this resolves. */
  | { readonly fault: 'delay'; readonly until: Promise<unknown> }
  | { readonly fault: 'secondary_limit'; readonly status: 403 | 429; readonly retryAfterS: number | null }
  | { readonly fault: 'primary_limit'; readonly resetS: number }

export type ChooseFault = (call: ForgeCall) => ForgeFault | null

export interface Served {
  /** Carries the request out. */
  readonly act: () => Promise<Answer>
  readonly send: (response: ServerResponse, answer: Answer) => void
  readonly lastAnswer: Answer | null
}

export async function serveFault(fault: ForgeFault, response: ServerResponse, served: Served): Promise<void> {
  switch (fault.fault) {
    case 'status':
      served.send(response, refusal(fault.status, fault.message ?? 'Server Error'))
      return
    case 'acts_then_status':
      await served.act()
      served.send(response, refusal(fault.status, 'Server Error'))
      return
    case 'unanswered':
      if (fault.acts) await served.act()
      response.destroy()
      return
    case 'half': {
      const whole = JSON.stringify((await served.act()).body)
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      response.end(whole.slice(0, Math.floor(whole.length / 2)))
      return
    }
    case 'stale':
      served.send(response, served.lastAnswer ?? (await served.act()))
      return
    case 'hang':
      return
    case 'delay':
      await fault.until
      served.send(response, await served.act())
      return
    case 'secondary_limit': {
      const limited = refusal(
        fault.status,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      )
      const headers: Record<string, string> =
        fault.retryAfterS === null ? {} : { 'retry-after': String(fault.retryAfterS) }
      served.send(response, { ...limited, headers })
      return
    }
    case 'primary_limit':
      served.send(response, {
        ...refusal(403, 'API rate limit exceeded'),
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(fault.resetS) },
      })
      return
  }
}
