import { dirname } from 'node:path'
import { ConductError } from '@conduct/core'
import { type CommandResult, runCommand } from '@conduct/subprocess'
import type { ConductorOptions } from './api.ts'
import { describeOutcome, outputTail, succeeded } from './command-outcome.ts'

/** One try takes at most this long. */
const tryTimeoutMs = 10_000
/** Waits between the tries: a receiver that restarts is back by then, and the end of a run is not held up for long. */
const waitsMs = [500, 2000] as const

type Notify = NonNullable<ConductorOptions['config']['notify']>
type Teller = Pick<ConductorOptions, 'configPath' | 'clock' | 'signal'>

/**
 * Tells one text to whoever `notify` names, a few times where trying again can help: whoever is told may hear the
 * same twice, and knows it by its `id`.
 *
 * @returns null, or why nobody was told.
 */
export async function tell(options: Teller, notify: Notify, text: string): Promise<string | null> {
  for (let tried = 0; ; tried += 1) {
    const failure = await tryOnce(options, notify, text)
    if (failure === null) return null
    const waitMs = waitsMs[tried]
    const isOver = waitMs === undefined || !failure.isWorthAnotherTry || options.signal.aborted
    if (isOver) return tried === 0 ? failure.reason : `${failure.reason} (${tried + 1} tries)`
    await options.clock.sleep(waitMs, options.signal).catch(() => undefined)
  }
}

interface Failure {
  readonly reason: string
  readonly isWorthAnotherTry: boolean
}

async function tryOnce(options: Teller, notify: Notify, text: string): Promise<Failure | null> {
  try {
    return 'url' in notify ? await post(notify.url, text) : await run(options, notify.command, text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // What is no program will be none in a moment.
    return { reason, isWorthAnotherTry: !(error instanceof ConductError) }
  }
}

async function post(url: string, text: string): Promise<Failure | null> {
  const signal = AbortSignal.timeout(tryTimeoutMs)
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', body: text, headers, signal })
  await answer.body?.cancel()
  if (answer.ok) return null
  const { status } = answer
  return {
    reason: `it answered ${status}`,
    isWorthAnotherTry: status >= 500 || status === 429 || status === 408,
  }
}

async function run(
  { configPath }: Teller,
  command: Extract<Notify, { readonly command: unknown }>['command'],
  text: string,
): Promise<Failure | null> {
  const result: CommandResult = await runCommand(command, {
    cwd: dirname(configPath),
    timeoutMs: tryTimeoutMs,
    stdin: `${text}\n`,
  })
  if (succeeded(result)) return null
  const reason = `${describeOutcome(result)} ${outputTail(result)}`.trim()
  return { reason, isWorthAnotherTry: result.outcome !== 'cancelled' }
}
