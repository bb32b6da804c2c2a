import { type Clock, isConductError } from '@conduct/core'
import { type LaneView, systemClock } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import type { Estate } from '../estate/open-estate.ts'
import { renewKept } from '../estate/renew-kept.ts'
import { concludeFinished } from './conclude-finished.ts'
import { concludeMerged } from './conclude-merged.ts'

/**
 * How lanes are looked at: the looker's own leases are renewed first, and claims whose pull request is over end, so that
 * what is shown is so.
 */
export async function lookAtLanes(options: {
  readonly estate: Estate
  readonly context: CommandContext
  readonly names: readonly string[]
}): Promise<readonly LaneView[]> {
  const { estate, names } = options
  await renewKept(options)
  const views = await Promise.all(names.map((name) => estate.lanes.lane(name).inspect()))
  const concluded = new Set([
    ...(await concludeMerged({ ...options, views })),
    ...(await concludeFinished({ ...options, views })),
  ])
  if (concluded.size === 0) return views
  return Promise.all(
    views.map(async (view) => (concluded.has(view.lane) ? estate.lanes.lane(view.lane).inspect() : view)),
  )
}

/** How often a waiter looks whether what it waits for lives with a pull request that is over. */
const lookEveryMs = 60_000

/** Somebody has to look while all others only wait: whoever waits does. */
export async function whileLooking<Result>(
  options: Parameters<typeof lookAtLanes>[0] & { readonly clock?: Pick<Clock, 'sleep'> },
  wait: () => Promise<Result>,
): Promise<Result> {
  const { clock = systemClock } = options
  const done = new AbortController()
  const looking = (async () => {
    for (;;) {
      await clock.sleep(lookEveryMs, done.signal)
      try {
        await lookAtLanes(options)
      } catch (error) {
        // Not seen this time is no reason to stop waiting; the wait itself says when the store is gone.
        if (!isConductError(error)) throw error
      }
    }
  })().catch((error: unknown) => {
    if (!done.signal.aborted) throw error
  })
  try {
    return await wait()
  } finally {
    done.abort()
    await looking
  }
}
