/** The twelve phases of a run, folded from its steps. */
import { phaseNames, type PhaseName, type RunRecord, type StepRecord, type StepState } from '@conduct/core'
import { shortenIds } from './cells.ts'
import type { JourneyPhase, Mark } from './model.ts'

export function journeyOf(record: RunRecord): readonly JourneyPhase[] {
  return phaseNames.map((phase, index) => {
    const steps = record.steps.filter((step) => step.phase === phase)
    return {
      number: index + 1,
      phase,
      mark: markOfPhase(record, phase, steps),
      summary: shortenIds(summaryOf(record, phase, steps)),
      durationMs: durationOf(steps),
    }
  })
}

export function markOfStep(state: StepState): Mark {
  return state === 'already' ? 'done' : state
}

const waitingPhase: Readonly<Partial<Record<RunRecord['state'], PhaseName>>> = {
  waiting_lane: 'claim',
  waiting_approval: 'approve',
  waiting_merge: 'adopt',
}

function markOfPhase(record: RunRecord, phase: PhaseName, steps: readonly StepRecord[]): Mark {
  const has = (state: StepState) => steps.some((step) => step.state === state)
  if (has('failed')) return 'failed'
  if (has('unknown')) return 'unknown'
  if (waitingPhase[record.state] === phase) return 'waiting'
  if (record.stop?.phase === phase && record.state === 'stopped') return 'failed'
  if (has('running')) return 'running'
  if (steps.length > 0 && steps.every((step) => step.state === 'skipped')) return 'skipped'
  if (has('pending')) return has('done') || has('already') ? partlyDone(record) : 'pending'
  if (steps.length > 0) return 'done'
  return record.state === 'done' ? 'skipped' : 'pending'
}

/** Some steps are finished and others have not begun: in a run that goes on, that is work under way. */
function partlyDone(record: RunRecord): Mark {
  return record.state === 'running' ? 'running' : 'partial'
}

function summaryOf(record: RunRecord, phase: PhaseName, steps: readonly StepRecord[]): string {
  if (record.stop?.phase === phase && record.state !== 'done') return record.stop.message
  const trouble = steps.find((step) => step.state === 'failed' || step.state === 'unknown')
  if (trouble !== undefined) return `${prefix(trouble)}${trouble.evidence ?? trouble.action}`
  const [only] = steps
  if (only === undefined) return record.state === 'done' ? 'nothing to do' : ''
  if (steps.length === 1) return only.state === 'pending' ? only.action : (only.evidence ?? only.action)
  const amount = (state: StepState) => steps.filter((step) => step.state === state).length
  const notes = [
    ...(amount('already') === 0 ? [] : [`${amount('already')} already so`]),
    ...(amount('skipped') === 0 ? [] : [`${amount('skipped')} skipped`]),
  ]
  const repos = [...new Set(steps.flatMap((step) => step.repo ?? []))]
  const where =
    repos.length === 0 ? '' : `: ${repos.length > namedMax ? `${repos.length} repos` : repos.join(', ')}`
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`
  return `${amount('done') + amount('already')} of ${steps.length} steps${note}${where}`
}

/** More are counted; the tables name each. */
const namedMax = 6

function prefix(step: StepRecord): string {
  return step.repo === null ? '' : `${step.repo}: `
}

/** How long something of it was under way, without the time between two processes; null while nothing has ended. */
function durationOf(steps: readonly StepRecord[]): number | null {
  const spans = steps
    .flatMap(({ startedAt, endedAt }) =>
      startedAt === null || endedAt === null
        ? []
        : [{ from: Date.parse(startedAt), to: Date.parse(endedAt) }],
    )
    .toSorted((one, other) => one.from - other.from)
  const [first] = spans
  if (first === undefined) return null
  let until = first.from
  let sumMs = 0
  for (const { from, to } of spans) {
    sumMs += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return sumMs
}
