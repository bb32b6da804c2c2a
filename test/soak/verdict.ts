import { type HistoryRecord, type Lane, type LaneDefinition, systemClock } from '@conduct/lanes/engine'
import { judge } from '../lanes/judge.ts'
import { acquireAgain, answered } from '../lanes/lane-of.ts'
import type { Target, TargetTally } from '../lanes/target.ts'
import type { Crew } from './crew.ts'

/** What is left to say when all workers of a crew have gone. */
export interface Verdict {
  readonly history: readonly HistoryRecord[]
  readonly tally: TargetTally
  /** Empty: nothing was lost, nothing overlapped, everything ended, and the history says so. */
  readonly problems: readonly string[]
}

export async function reachVerdict(of: {
  readonly lane: Lane
  readonly definition: LaneDefinition
  readonly target: Target
  readonly crew: Crew
}): Promise<Verdict> {
  const { lane, target, crew } = of
  const unsettled = await settle(lane, of.definition)
  const { history, problems } = await judge(lane, target.effects())
  const tally = target.tally()
  return {
    history,
    tally,
    problems: [
      ...crew.bugs,
      ...crew.reports.flatMap(({ falseLosses }) => falseLosses.map((loss) => `false loss: ${loss}`)),
      ...unsettled,
      ...problems,
      ...(tally.lost === 0 ? [] : [`${tally.lost} updates of the target are lost`]),
      ...(tally.overlaps === 0 ? [] : [`${tally.overlaps} pairs of effects overlap`]),
    ],
  }
}

/** Nobody comes any more: what is held lapses, what is dead is swept, offers run out. */
async function settle(lane: Lane, definition: LaneDefinition): Promise<readonly string[]> {
  const stepMs = (definition.ttlMs + definition.marginMs) / 4
  const stepsMax = 40
  for (let step = 0; step < stepsMax; step++) {
    const asked = { resources: ['probe'], attended: false, waitMsMax: 0 } as const
    const result = await acquireAgain(lane, { ...asked, whenHeld: 'fail' })
    if (result.outcome === 'granted') await answered(() => result.lease.release())
    const { holders, waiting } = (await answered(() => lane.inspect())).document
    if (holders.length === 0 && waiting.every(({ state }) => state === 'parked')) return []
    await systemClock.sleep(stepMs)
  }
  const { holders, waiting } = (await answered(() => lane.inspect())).document
  const left = [...holders, ...waiting].map(({ claim, holder, state }) => `${claim} of ${holder} (${state})`)
  return [`never settled: ${left.join(', ')}`]
}
