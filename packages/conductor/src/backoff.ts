import type { Clock } from '@conduct/core'

export interface BackoffOptions {
  readonly clock: Clock
  /** Give up after this many milliseconds. */
  readonly withinMs: number
  readonly firstMs: number
  readonly mostMs: number
  readonly signal: AbortSignal
}

/**
 * Asks until there is an answer or the time is up, waiting half as long again after each try.
 *
 * @returns null when the time was up.
 */
export async function askUntil<Answer>(
  options: BackoffOptions,
  ask: () => Promise<Answer | null>,
): Promise<Answer | null> {
  const { clock, signal } = options
  const endsAtMs = clock.monotonicMs() + options.withinMs
  for (let waitMs = options.firstMs; ; waitMs = Math.min(waitMs * 1.5, options.mostMs)) {
    signal.throwIfAborted()
    const answer = await ask()
    if (answer !== null) return answer
    const leftMs = endsAtMs - clock.monotonicMs()
    if (leftMs <= 0) return null
    await clock.sleep(Math.min(waitMs, leftMs), signal)
  }
}
