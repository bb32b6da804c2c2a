import { setTimeout as delay } from 'node:timers/promises'
import { canTellPrevious } from '../../deploy/way-back.ts'
import { verifyReadTimeoutMs } from '../../limits.ts'
import { expandText, hasPlaceholder } from '../../template.ts'
import { green, notApplicable, red, type Row, unknown } from '../row.ts'

/** The address that will prove the deploy answers now. */
export const row: Row = {
  check: 'verify_url',
  over: 'consumer',
  async judge({ context, frozen }) {
    const { deploy } = frozen.consumer
    const { verify, strategy } = deploy
    const isKnown = canTellPrevious(deploy)
    if (verify === null || strategy.kind === 'none') return notApplicable('Nothing is verified.')
    if (isKnown && frozen.previous === null && frozen.previousUnknown === null) {
      return notApplicable('First deploy: nothing answers yet.')
    }
    const url = expandText(verify.url, { repo: frozen.name, previous_sha: frozen.previous })
    if (hasPlaceholder(url)) return notApplicable('The address names what is not deployed yet.')
    const answer = await readPatiently(url, context.signal)
    const one = '1 of 1 addresses'
    if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
      return green(one, `${url} answers ${answer.status}.`)
    }
    const said = `${url}: ${answer.status === null ? answer.reason : `status ${answer.status}`}`
    if (!isKnown) {
      return unknown(
        one,
        `${said}; without deploy.previous nobody can tell whether this is the first deploy.`,
      )
    }
    return red(one, `${said}; repair the target or the address first, else nothing can be verified.`)
  },
}

type Answer = { readonly status: number } | { readonly status: null; readonly reason: string }

/** A server that stumbles once is asked once more after this. */
const stumbleMs = 200

async function readPatiently(url: string, signal: AbortSignal): Promise<Answer> {
  const first = await readStatus(url, signal)
  if (first.status === null || first.status < 500) return first
  await delay(stumbleMs, undefined, { signal })
  return readStatus(url, signal)
}

async function readStatus(url: string, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(verifyReadTimeoutMs)
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, limit]), redirect: 'follow' })
    await response.body?.cancel()
    return { status: response.status }
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) return { status: null, reason: `no answer within ${verifyReadTimeoutMs / 1000} s` }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { status: null, reason: cause instanceof Error ? cause.message : String(cause) }
  }
}
