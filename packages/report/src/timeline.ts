/**
 * When each step ran: a row for the train, one per repo, and one for what the run waited for. Long stretches without
 * any work (an approval overnight) are drawn short, so that the work stays readable; their true length is written
 * on them.
 */
import { formatDuration, type PhaseName, type RunRecord, type StepRecord } from '@conduct/core'
import type { Mark, Timeline, TimelineBar, TimelineRow } from './model.ts'
import { markOfStep } from './phases.ts'
import { buildScale, type Stretch } from './timeline-scale.ts'

export function timelineOf(record: RunRecord): Timeline | null {
  const steps = stretchesOf(record)
  if (steps.length === 0) return null
  const waits = [...steps.filter(({ phase }) => isWait(phase)), ...standstills(record, steps)]
  const work = steps.filter(({ phase }) => !isWait(phase))
  const scale = buildScale(work, waits)
  const toBar = (drawn: Drawn): TimelineBar => ({
    from: scale.position(drawn.start),
    to: scale.position(drawn.end),
    label: drawn.label,
    phase: drawn.phase,
    mark: drawn.mark,
    title: `${drawn.title}, ${formatDuration(drawn.end - drawn.start)}`,
  })
  const rows: readonly (Omit<TimelineRow, 'bars'> & { readonly drawn: readonly Drawn[] })[] = [
    { kind: 'waits', label: 'waits', drawn: waits },
    { kind: 'train', label: 'train', drawn: work.filter(({ repo }) => repo === null) },
    ...reposOf(record, work).map((repo) => ({
      kind: 'repo' as const,
      label: repo,
      drawn: work.filter((one) => one.repo === repo),
    })),
  ]
  return {
    rows: rows
      .filter(({ drawn }) => drawn.length > 0)
      .map(({ kind, label, drawn }) => ({ kind, label, bars: drawn.map(toBar) })),
    breaks: scale.breaks,
    ticks: scale.ticks,
  }
}

/** What is drawn as one bar. */
interface Drawn extends Stretch {
  readonly repo: string | null
  readonly phase: PhaseName | null
  readonly mark: Mark
  readonly label: string
  readonly title: string
}

/** Phases in which the run waits for somebody else. */
function isWait(phase: PhaseName | null): boolean {
  return phase === 'claim' || phase === 'approve' || phase === 'await'
}

const waitLabels: Readonly<Partial<Record<PhaseName, string>>> = {
  claim: 'lane',
  approve: 'approval',
  await: 'registry',
}

function stretchesOf(record: RunRecord): readonly Drawn[] {
  const known = record.steps.flatMap((step) =>
    [step.startedAt, step.endedAt].flatMap((at) => (at === null ? [] : [Date.parse(at)])),
  )
  const latest = Math.max(...known, record.endedAt === null ? 0 : Date.parse(record.endedAt))
  return record.steps.flatMap((step) => {
    if (step.startedAt === null) return []
    const start = Date.parse(step.startedAt)
    const end = step.endedAt === null ? latest : Date.parse(step.endedAt)
    if (Number.isNaN(start) || Number.isNaN(end)) return []
    return [{ ...drawnStep(step), start, end: Math.max(start, end) }]
  })
}

function drawnStep(step: StepRecord): Omit<Drawn, keyof Stretch> {
  const where = step.repo === null ? '' : `${step.repo}: `
  return {
    repo: step.repo,
    phase: step.phase,
    mark: markOfStep(step.state),
    label: waitLabels[step.phase] ?? (step.phase === 'publish' ? step.kind : step.phase),
    title: `${where}${step.action} (${step.state})`,
  }
}

/** Shorter ones are how long a process takes to come up. */
const standstillMsMin = 1000

/** Between a writer that stopped or died and the one that took the run up: nobody drove it. */
function standstills(record: RunRecord, steps: readonly Drawn[]): readonly Drawn[] {
  return record.openings.flatMap(({ kind, holder, at }) => {
    const end = Date.parse(at)
    const before = steps
      .map((step) => Math.min(step.end, end))
      .filter((_, index) => {
        const step = steps[index]
        return step !== undefined && step.start < end
      })
    const start = Math.max(...before)
    if (kind !== 'resume' || !(end - start >= standstillMsMin)) return []
    const given = record.approvals.find(({ at: word }) => Date.parse(word) > start && Date.parse(word) <= end)
    const [label, why] =
      given === undefined
        ? ['stood still', `nobody drove the run, until ${holder} resumed it`]
        : ['approval', `waited for ${given.by}, until ${holder} resumed the run`]
    return [{ repo: null, phase: null, mark: 'waiting', label, title: why, start, end } as const]
  })
}

/** As the plan has them: the producer first; whoever else took a step comes behind. */
function reposOf(record: RunRecord, work: readonly Drawn[]): readonly string[] {
  const planned = (record.plan?.repos ?? []).map(({ repo }) => repo)
  return [...new Set([...planned, ...work.flatMap(({ repo }) => repo ?? [])])]
}
