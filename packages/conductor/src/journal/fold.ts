import type {
  Approval,
  ApprovalAsked,
  CommitId,
  ForgeRequests,
  Opening,
  Plan,
  RunId,
  RunRecord,
  RunState,
  RunStop,
  StepRecord,
} from '@conduct/core'
import { assertNever, canonicalJson, invariant } from '@conduct/core'
import { addRequests } from '../forge-usage.ts'
import { type LaneFold, openLane, toRunLane } from './fold-lane.ts'
import { type StepsFold, foldIntent, foldLooked, foldProof, planSteps, waySteps } from './fold-steps.ts'
import type { JournalRecord } from './journal-record.ts'
import { lacksApproval, nextCommand, type Typing } from './next-command.ts'
import { adoptedOf, deployedOf, publishedOf } from './outcomes.ts'

/**
 * Folds the records of a journal into what the run is. Pure: the same records give the same answer, and a longer
 * journal never takes an irreversible effect back.
 *
 * @param options how the command to type next begins, and what it needs.
 */
export function foldRun(run: RunId, records: readonly JournalRecord[], options: Typing): RunRecord {
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
    lane: folded.lane === null ? null : toRunLane(folded.lane),
    approvals: folded.approvals,
    asked: lacksApproval(folded) ? folded.asked : null,
    overrides: folded.plan?.basis.overrides ?? created.request.overrides,
    unknowns: unknownsOf(folded.plan, stepRecords),
    irreversibleDone: steps.some(
      (step) => step.irreversibleDone || (step.isIntended && step.record.irreversible),
    ),
    stop: folded.stop,
    configCommit: folded.configCommit,
    openings: folded.openings,
    forgeRequests: folded.forgeRequests,
    undone: folded.undone,
    next: nextCommand({ ...options, run, folded }),
  }
}

interface Folded {
  readonly state: RunState
  readonly plan: Plan | null
  readonly endedAt: string | null
  readonly steps: StepsFold
  readonly approvals: readonly Approval[]
  readonly asked: ApprovalAsked | null
  readonly lane: LaneFold | null
  readonly stop: RunStop | null
  readonly next: string | null
  readonly first: string | null
  readonly configCommit: CommitId | null
  readonly openings: readonly Opening[]
  readonly forgeRequests: readonly ForgeRequests[]
  readonly undone: RunRecord['undone']
}

const emptyFold: Folded = {
  state: 'waiting_lane',
  plan: null,
  endedAt: null,
  steps: new Map(),
  approvals: [],
  asked: null,
  lane: null,
  stop: null,
  next: null,
  first: null,
  configCommit: null,
  openings: [],
  forgeRequests: [],
  undone: 'no',
}

function foldRecord(before: Folded, record: JournalRecord): Folded {
  const folded: Folded =
    before.lane === null || before.lane.released
      ? before
      : { ...before, lane: { ...before.lane, lastAt: record.at } }
  return { ...foldKind(folded, before, record), forgeRequests: withRequests(before, record) }
}

function withRequests({ forgeRequests }: Folded, record: JournalRecord): Folded['forgeRequests'] {
  const more = 'forgeRequests' in record ? record.forgeRequests : undefined
  return more === undefined ? forgeRequests : addRequests(forgeRequests, more)
}

function foldKind(folded: Folded, before: Folded, record: JournalRecord): Folded {
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
        lane: openLane(before.lane, record),
        openings: [
          ...folded.openings,
          { holder: record.holder, token: record.token, at: record.at, kind: record.kind },
        ],
      }
    case 'planned':
      return { ...folded, plan: record.plan, steps: planSteps(folded.steps, record.plan) }
    case 'approved':
      return {
        ...folded,
        state: folded.state === 'waiting_approval' ? 'running' : folded.state,
        approvals: withWord(folded.approvals, record.approval),
      }
    case 'denied':
      return { ...folded, approvals: withWord(folded.approvals, record.approval) }
    case 'asked':
      return { ...folded, state: 'waiting_approval', asked: record.asked }
    case 'intent':
      return { ...folded, steps: foldIntent(folded.steps, record) }
    case 'proof':
      return { ...folded, steps: foldProof(folded.steps, record) }
    case 'looked':
      return { ...folded, steps: foldLooked(folded.steps, record) }
    case 'stopped':
      return {
        ...folded,
        state: stateAfterStop[record.waitsFor ?? 'nobody'],
        stop: record.stop,
        next: record.next,
        first: record.first ?? null,
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
    case 'compensating':
      return { ...folded, undone: 'begun', steps: waySteps(folded.steps, record.ways) }
    case 'compensated':
      return {
        ...folded,
        state: 'compensated',
        undone: 'yes',
        stop: null,
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

/** Each writer of a run writes down under which approval it travels: the same one is told once. */
function withWord(known: readonly Approval[], word: Approval): readonly Approval[] {
  return known.some((one) => canonicalJson(one) === canonicalJson(word)) ? known : [...known, word]
}

const stateAfterStop = {
  approval: 'waiting_approval',
  merge: 'waiting_merge',
  // Recommended by somebody who may not hold the lane: whoever may can take it up.
  holder: 'waiting_lane',
  nobody: 'stopped',
} as const satisfies Record<string, RunRecord['state']>

function unknownsOf(plan: Plan | null, steps: readonly StepRecord[]): readonly string[] {
  const unknown = steps.filter((step) => step.state === 'unknown').map((step) => step.id)
  return [...(plan?.unknowns ?? []), ...unknown]
}
