import { ConductError, type RunId, type RunState, hasEnded, isConductError } from '@conduct/core'
import type { LaneView } from '@conduct/lanes/engine'
import type { Journey } from '../journey.ts'
import { foldRun } from '../journal/fold.ts'
import { loadJournal } from '../journal/journal.ts'
import { holderProcess } from '../supervise-commands.ts'

/**
 * Runs that stopped after something irreversible left a note on the lane; each must be finished, or acknowledged by
 * name.
 */

type Note = LaneView['notes'][number]

/** A process whose run has stopped needs a moment to be gone; one that stays longer is somebody who resumes it. */
const stoppedEndsMs = 1000

/**
 * Before the lane is asked for: nobody has to stand in line behind a run that stopped, only to hear that it has to be
 * finished first. One that was acknowledged gives its lane up.
 *
 * @throws ConductError RUN_UNFINISHED (3)
 */
export async function refuseStopped(journey: Journey, resources: readonly string[]): Promise<void> {
  if (journey.kind !== 'run') return
  const { holders, notes } = await journey.lane.inspect()
  for (const note of notes) {
    const earlier = await describeEarlier(journey, note.run)
    // One that travels right now is stood in line for, and so is one whose process ended without a word.
    if (earlier.state !== 'stopped') continue
    if (!isAcknowledged(journey, note)) refuseInTheWay(journey, { note, earlier, resources })
    else if (holders.some(({ run }) => run === note.run)) await freeLaneOf(journey, note.run, earlier)
  }
}

/**
 * With the lane in hand: whatever was noted meanwhile counts, too.
 *
 * @throws ConductError RUN_UNFINISHED (3)
 */
export async function refuseUnfinished(journey: Journey, resources: readonly string[]): Promise<void> {
  const { lane, run } = journey
  const { notes } = await lane.inspect()
  for (const note of notes) {
    if (note.run === run) continue
    const earlier = await describeEarlier(journey, note.run)
    if ((earlier.state !== null && hasEnded(earlier.state)) || isAcknowledged(journey, note)) {
      await lane.clearNote(note.run)
      continue
    }
    refuseInTheWay(journey, { note, earlier, resources })
  }
}

function isAcknowledged({ request }: Journey, note: Note): boolean {
  return request.acknowledged.includes(note.run)
}

function refuseInTheWay(
  { context }: Journey,
  at: { readonly note: Note; readonly earlier: EarlierRun; readonly resources: readonly string[] },
): void {
  const { note, earlier, resources } = at
  const overlaps = earlier.resources.some((resource) => resources.includes(resource))
  if (earlier.train !== context.trainName && !overlaps) return
  throw new ConductError('RUN_UNFINISHED', `${note.text} (noted by ${note.by}, ${note.at})`, {
    next: earlier.next ?? `${context.launcher} resume ${note.run}`,
    hint: `Resume it, abort it, or run again with --acknowledge ${note.run}.`,
    details: { run: note.run },
  })
}

/** Takes up the claim that a stopped run keeps, and hands it back; somebody who resumes it meanwhile is left alone. */
async function freeLaneOf(journey: Journey, run: RunId, earlier: EarlierRun): Promise<void> {
  const { lane, context } = journey
  const taken = await lane
    .acquire({
      resources: earlier.resources,
      run,
      resumes: run,
      task: `run ${run}, acknowledged by run ${journey.run}`,
      whenHeld: 'queue',
      waitMsMax: 0,
      formerMsMax: stoppedEndsMs,
      attended: true,
      process: holderProcess(),
      signal: context.signal,
    })
    .catch((error: unknown) => {
      // Whoever may not hold the lane hears of it when they ask for it themselves.
      if (isConductError(error, 'NOT_A_HOLDER')) return null
      throw error
    })
  if (taken === null) return
  if (taken.outcome === 'granted') await taken.lease.release()
  if (taken.outcome === 'queued') await lane.leave({ claim: taken.claim, secret: taken.secret })
}

interface EarlierRun {
  readonly train: string | null
  readonly resources: readonly string[]
  /** Null: its journal is gone. */
  readonly state: RunState | null
  /** What takes it further. */
  readonly next: string | null
}

async function describeEarlier(journey: Journey, run: RunId): Promise<EarlierRun> {
  const { context } = journey
  const journal = await loadJournal({ log: context.store.log, run, clock: context.clock })
  if (journal.records().length === 0)
    return { train: context.trainName, resources: [], state: null, next: null }
  const record = foldRun(run, journal.records(), context)
  const { train, state, next } = record
  return { train, resources: record.lane?.resources ?? [], state, next }
}
