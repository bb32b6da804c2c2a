import type {
  Approval,
  CommitId,
  Opening,
  Plan,
  PlanId,
  RunId,
  RunLane,
  RunRecord,
  RunState,
  RunStop,
  StepRecord,
} from '@conduct/core'
import { assertNever, invariant } from '@conduct/core'
import type { JournalRecord, StepHead } from './journal-record.ts'
import { adoptedOf, deployedOf, publishedOf } from './outcomes.ts'

/**
 * Folds the records of a journal into what the run is. Pure: the same records give the same answer, and a longer
 * journal never takes an irreversible effect back.
 *
 * @param options.launcher `conduct` as it was launched, for the command to type next.
 */
export function foldRun(
  run: RunId,
  records: readonly JournalRecord[],
  options: { readonly launcher: string },
): RunRecord {
  const created = records[0]
  invariant(created?.type === 'created', `the journal of run ${run} begins with its creation`)
  const folded = records.reduce(foldRecord, emptyFold)
  const steps = [...folded.steps.values()]
  const stepRecords = steps.map((step) => step.record)
  return {
    run,
    train: created.train,
    estate: created.estate,
    state: folded.state,
    plan: folded.plan,
    planId: folded.plan?.id ?? null,
    startedAt: created.at,
    endedAt: folded.endedAt,
    steps: stepRecords,
    published: publishedOf(stepRecords),
    adopted: adoptedOf(stepRecords),
    deployed: deployedOf(stepRecords),
    leftOut: folded.plan?.basis.leftOut ?? [],
    lane: folded.lane === null ? null : laneOf(folded.lane),
    approvals: folded.approvals,
    overrides: folded.plan?.basis.overrides ?? created.request.overrides,
    unknowns: unknownsOf(folded.plan, steps),
    irreversibleDone: steps.some(
      (step) => step.irreversibleDone || (step.isIntended && step.record.irreversible),
    ),
    stop: folded.stop,
    configCommit: folded.configCommit,
    openings: folded.openings,
    next: nextCommand({ run, folded, launcher: options.launcher }),
  }
}

interface StepFold {
  readonly record: StepRecord
  /** An intent without a word about its effect: a crash, or an effect under way. */
  readonly isIntended: boolean
  readonly irreversibleDone: boolean
}

interface LaneFold {
  readonly name: string
  readonly resources: readonly string[]
  readonly token: number
  readonly waitedMs: number
  /** Held by earlier writers of this run. */
  readonly heldBeforeMs: number
  readonly openedAt: string
  readonly lastAt: string
  readonly released: boolean
}

interface Folded {
  readonly state: RunState
  readonly plan: Plan | null
  readonly endedAt: string | null
  readonly steps: ReadonlyMap<string, StepFold>
  readonly approvals: readonly Approval[]
  readonly lane: LaneFold | null
  readonly stop: RunStop | null
  readonly next: string | null
  readonly configCommit: CommitId | null
  readonly openings: readonly Opening[]
}

const emptyFold: Folded = {
  state: 'waiting_lane',
  plan: null,
  endedAt: null,
  steps: new Map(),
  approvals: [],
  lane: null,
  stop: null,
  next: null,
  configCommit: null,
  openings: [],
}

function foldRecord(before: Folded, record: JournalRecord): Folded {
  const folded: Folded =
    before.lane === null || before.lane.released
      ? before
      : { ...before, lane: { ...before.lane, lastAt: record.at } }
  switch (record.type) {
    case 'created':
    case 'packed':
    case 'kept':
      return folded
    case 'waiting_lane':
      return { ...folded, state: 'waiting_lane' }
    case 'opened':
      return {
        ...folded,
        state: 'running',
        stop: null,
        next: null,
        endedAt: null,
        configCommit: record.configCommit,
        lane: {
          name: record.lane,
          resources: record.resources,
          token: record.token,
          waitedMs: (before.lane?.waitedMs ?? 0) + record.waitedMs,
          heldBeforeMs: before.lane === null ? 0 : heldMs(before.lane),
          openedAt: record.at,
          lastAt: record.at,
          released: false,
        },
        openings: [
          ...folded.openings,
          { holder: record.holder, token: record.token, at: record.at, kind: record.kind },
        ],
      }
    case 'planned':
      return { ...folded, plan: record.plan, steps: planSteps(folded.steps, record.plan) }
    case 'approved':
      return { ...folded, approvals: [...folded.approvals, record.approval] }
    case 'intent':
      return withStep(folded, record.step, (step) => ({
        record: {
          ...step.record,
          state: 'running',
          startedAt: step.record.startedAt ?? record.startedAt,
          attempts: step.record.attempts + 1,
          facts: { ...step.record.facts, ...record.facts },
        },
        isIntended: true,
        irreversibleDone: step.irreversibleDone,
      }))
    case 'proof':
      return withStep(folded, record.step, (step) => ({
        record: {
          ...step.record,
          state: record.state,
          evidence: record.evidence,
          facts: { ...step.record.facts, ...record.facts },
          startedAt: step.record.startedAt ?? record.startedAt,
          endedAt: record.at,
        },
        isIntended: false,
        irreversibleDone:
          step.irreversibleDone ||
          (record.step.irreversible &&
            (record.effect === 'done' ||
              record.effect === 'unknown' ||
              (record.effect === 'not_started' && step.isIntended))),
      }))
    case 'looked':
      return record.steps.reduce(
        (so, looked) =>
          withStep(so, looked.step, (step) => ({
            record: {
              ...step.record,
              state: looked.state,
              evidence: looked.evidence,
              facts: { ...step.record.facts, ...looked.facts },
              startedAt: step.record.startedAt ?? record.startedAt,
              endedAt: record.at,
            },
            isIntended: false,
            irreversibleDone: step.irreversibleDone || (step.isIntended && step.record.irreversible),
          })),
        folded,
      )
    case 'stopped':
      return {
        ...folded,
        state: record.waitsFor === 'approval' ? 'waiting_approval' : 'stopped',
        stop: record.stop,
        next: record.next,
        endedAt: record.at,
        lane: folded.lane === null ? null : { ...folded.lane, released: record.laneReleased },
      }
    case 'aborted':
      return {
        ...folded,
        state: 'aborted',
        next: null,
        endedAt: record.at,
        lane: folded.lane === null ? null : { ...folded.lane, released: true },
      }
    case 'closed':
      return {
        ...folded,
        state: 'done',
        stop: null,
        next: null,
        endedAt: record.at,
        lane: folded.lane === null ? null : { ...folded.lane, released: true },
      }
    default:
      return assertNever(record)
  }
}

function withStep(folded: Folded, head: StepHead, change: (step: StepFold) => StepFold): Folded {
  const before = folded.steps.get(head.id) ?? newStep(head)
  const steps = new Map(folded.steps)
  steps.set(head.id, change({ ...before, record: { ...before.record, ...head } }))
  return { ...folded, steps }
}

/** Steps of the new plan, in its order; what an earlier plan has begun stays, what it only planned goes. */
function planSteps(before: ReadonlyMap<string, StepFold>, plan: Plan): ReadonlyMap<string, StepFold> {
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

function heldMs(lane: LaneFold): number {
  return lane.heldBeforeMs + Math.max(0, Date.parse(lane.lastAt) - Date.parse(lane.openedAt))
}

function laneOf(lane: LaneFold): RunLane {
  return {
    name: lane.name,
    resources: lane.resources,
    token: lane.token,
    heldMs: heldMs(lane),
    waitedMs: lane.waitedMs,
    released: lane.released,
  }
}

function unknownsOf(plan: Plan | null, steps: readonly StepFold[]): readonly string[] {
  const unknown = steps.filter((step) => step.record.state === 'unknown').map((step) => step.record.id)
  return [...(plan?.unknowns ?? []), ...unknown]
}

interface NextOptions {
  readonly run: RunId
  readonly folded: Folded
  readonly launcher: string
}

function nextCommand({ run, folded, launcher }: NextOptions): string | null {
  switch (folded.state) {
    case 'done':
    case 'aborted':
      return null
    case 'waiting_approval':
      return approvalCommand({ run, planId: folded.plan?.id ?? null, launcher })
    case 'stopped':
      return folded.next === null ? null : `${launcher} ${folded.next}`
    case 'running':
    case 'waiting_lane':
    case 'waiting_merge':
      return `${launcher} resume ${run}`
    default:
      return assertNever(folded.state)
  }
}

function approvalCommand(options: {
  readonly run: RunId
  readonly planId: PlanId | null
  readonly launcher: string
}): string {
  const resume = `${options.launcher} resume ${options.run}`
  return options.planId === null ? resume : `${options.launcher} approve ${options.planId} && ${resume}`
}
