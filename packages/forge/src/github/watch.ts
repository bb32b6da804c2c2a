import type { GithubClient } from './client.ts'

const firstWaitMs = 1_000
const longestWaitMs = 30_000
const slower = 1.5

interface WatchOptions<Seen> {
  readonly withinMs: number
  readonly look: () => Promise<Seen>
  readonly isSettled: (seen: Seen) => boolean
}

/**
 * Looks again and again, less often as time goes by. A look that says nothing is no end: the next one may see.
 * The last look is made when the time is up, so that what came late is still found.
 */
export async function watch<Seen>(
  client: Pick<GithubClient, 'clock' | 'signal'>,
  options: WatchOptions<Seen>,
): Promise<{ readonly last: Seen; readonly isLate: boolean }> {
  const { clock, signal } = client
  const endsAtMs = clock.monotonicMs() + options.withinMs
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * slower, longestWaitMs)) {
    signal.throwIfAborted()
    const last = await options.look()
    if (options.isSettled(last)) return { last, isLate: false }
    const leftMs = endsAtMs - clock.monotonicMs()
    if (leftMs <= 0) return { last, isLate: true }
    await clock.sleep(Math.min(waitMs, leftMs), signal)
  }
}
