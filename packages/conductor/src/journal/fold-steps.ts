import type { CompensationStep, Plan, StepRecord } from '@conduct/core'
import type { JournalRecord, StepHead } from './journal-record.ts'

/** Folds what the journal says of steps: intents, proofs, looks. Pure. */
export type StepsFold = ReadonlyMap<string, StepFold>

export interface StepFold {
  readonly record: StepRecord
  /** An intent without a word about its effect: a crash, or an effect under way. */
  readonly isIntended: boolean
  readonly irreversibleDone: boolean
}

type Of<Type extends JournalRecord['type']> = Extract<JournalRecord, { readonly type: Type }>

export function foldIntent(steps: StepsFold, record: Of<'intent'>): StepsFold {
  return withStep(steps, record.step, (step) => ({
    record: {
      ...step.record,
      state: 'running',
      // What had ended begins anew; what a crash cut off goes on.
      startedAt:
        step.record.endedAt === null ? (step.record.startedAt ?? record.startedAt) : record.startedAt,
      endedAt: null,
      attempts: step.record.attempts + 1,
      facts: { ...step.record.facts, ...record.facts },
    },
    isIntended: true,
    irreversibleDone: step.irreversibleDone,
  }))
}

export function foldProof(steps: StepsFold, record: Of<'proof'>): StepsFold {
  return withStep(steps, record.step, (step) => ({
    record: proved(step.record, { ...record, endedAt: record.at }),
    isIntended: false,
    irreversibleDone: step.irreversibleDone || (record.step.irreversible && isDone(step, record.effect)),
  }))
}

/** Looking only says nothing about an intent that a crash left behind: it may have been done. */
function isDone(step: StepFold, effect: Of<'proof'>['effect']): boolean {
  return effect === 'done' || effect === 'unknown' || (effect === 'not_started' && step.isIntended)
}

export function foldLooked(steps: StepsFold, record: Of<'looked'>): StepsFold {
  return record.steps.reduce<StepsFold>(
    (so, looked) =>
      withStep(so, looked.step, (step) => ({
        record: proved(step.record, { ...looked, startedAt: record.startedAt, endedAt: record.at }),
        isIntended: false,
        irreversibleDone: step.irreversibleDone || (step.isIntended && step.record.irreversible),
      })),
    steps,
  )
}

type Proved = Pick<StepRecord, 'state' | 'facts'> & {
  readonly evidence: string
  readonly startedAt: string
  readonly endedAt: string
}

function proved(step: StepRecord, seen: Proved): StepRecord {
  return {
    ...step,
    state: seen.state,
    evidence: seen.evidence,
    facts: { ...step.facts, ...seen.facts },
    ...timesOf(step, seen),
  }
}

/** A resume that finds what was known already does not change since when it is so, nor how long that took. */
function timesOf(step: StepRecord, seen: Proved): Pick<StepRecord, 'startedAt' | 'endedAt'> {
  if (step.endedAt === null) return { startedAt: step.startedAt ?? seen.startedAt, endedAt: seen.endedAt }
  if (isWell(step.state) && isWell(seen.state)) return { startedAt: step.startedAt, endedAt: step.endedAt }
  return { startedAt: seen.startedAt, endedAt: seen.endedAt }
}

function isWell(state: StepRecord['state']): boolean {
  return state === 'done' || state === 'already'
}

/** Steps of the new plan, in its order; what an earlier plan has begun stays, what it only planned goes. */
export function planSteps(before: StepsFold, plan: Plan): StepsFold {
  const begun = [...before].filter(([, step]) => step.record.state !== 'pending')
  const steps = new Map<string, StepFold>(
    begun.filter(([id]) => !plan.steps.some((planned) => planned.id === id)),
  )
  for (const planned of plan.steps) {
    const { id, phase, kind, repo, action, irreversible } = planned
    steps.set(id, before.get(id) ?? newStep({ id, phase, kind, repo, action, irreversible }))
  }
  return steps
}

/** What is to be taken back, as steps that wait. */
export function waySteps(before: StepsFold, ways: readonly CompensationStep[]): StepsFold {
  const steps = new Map(before)
  for (const { id, kind, repo, action } of ways) {
    if (!steps.has(id)) steps.set(id, newStep({ id, phase: 'undo', kind, repo, action, irreversible: true }))
  }
  return steps
}

function withStep(steps: StepsFold, head: StepHead, change: (step: StepFold) => StepFold): StepsFold {
  const before = steps.get(head.id) ?? newStep(head)
  const after = new Map(steps)
  after.set(head.id, change({ ...before, record: { ...before.record, ...head } }))
  return after
}

function newStep(head: StepHead): StepFold {
  const { id, phase, kind, repo, action, irreversible } = head
  return {
    record: {
      id,
      phase,
      kind,
      repo,
      action,
      irreversible,
      state: 'pending',
      evidence: null,
      facts: {},
      startedAt: null,
      endedAt: null,
      attempts: 0,
    },
    isIntended: false,
    irreversibleDone: false,
  }
}
