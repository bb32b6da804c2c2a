/**
 * When each step ran, one row per phase and repo. Long stretches in which nothing happened (an approval overnight)
 * are drawn short, so that the work stays readable; their true length is written on them.
 */
import { formatDuration, phaseNames, type RunRecord, type StepRecord } from '@conduct/core'
import type { Timeline, TimelineBar, TimelineRow } from './model.ts'
import { markOfStep } from './phases.ts'

/** Idle stretches longer than this share of the working time, and this many milliseconds, are drawn short. */
const breakShare = 0.15
const breakMsMin = 20_000
const breakWidth = 0.05
const ticksMax = 6

interface Stretch {
  readonly start: number
  readonly end: number
}

interface Interval extends Stretch {
  readonly step: StepRecord
}

export function timelineOf(record: RunRecord): Timeline | null {
  const intervals = intervalsOf(record)
  if (intervals.length === 0) return null
  const scale = buildScale(intervals)
  const rows: TimelineRow[] = []
  for (const phase of [...phaseNames, 'undo'] as const) {
    const inPhase = intervals.filter(({ step }) => step.phase === phase)
    for (const repo of new Set(inPhase.map(({ step }) => step.repo))) {
      const bars = inPhase
        .filter(({ step }) => step.repo === repo)
        .map((interval) => barOf(interval, scale.position))
      rows.push({ phase, label: repo ?? '', bars })
    }
  }
  return { rows, breaks: scale.breaks, ticks: scale.ticks }
}

function intervalsOf(record: RunRecord): readonly Interval[] {
  const known = record.steps.flatMap((step) =>
    [step.startedAt, step.endedAt].flatMap((at) => (at === null ? [] : [Date.parse(at)])),
  )
  const latest = Math.max(...known, record.endedAt === null ? 0 : Date.parse(record.endedAt))
  return record.steps.flatMap((step) => {
    if (step.startedAt === null) return []
    const start = Date.parse(step.startedAt)
    const end = step.endedAt === null ? latest : Date.parse(step.endedAt)
    return Number.isNaN(start) || Number.isNaN(end) ? [] : [{ step, start, end: Math.max(start, end) }]
  })
}

function barOf({ step, start, end }: Interval, position: (at: number) => number): TimelineBar {
  const where = step.repo === null ? '' : `${step.repo}: `
  return {
    from: position(start),
    to: position(end),
    mark: markOfStep(step.state),
    title: `${where}${step.action} (${step.state}, ${formatDuration(end - start)})`,
  }
}

interface Scale {
  readonly position: (at: number) => number
  readonly breaks: Timeline['breaks']
  readonly ticks: Timeline['ticks']
}

function buildScale(intervals: readonly Interval[]): Scale {
  const busy = mergeStretches(intervals)
  const first = busy[0]?.start ?? 0
  const last = busy.at(-1)?.end ?? first
  const busyMs = busy.reduce((sum, { start, end }) => sum + end - start, 0)
  const idle = busy.slice(1).map(({ start }, index) => ({ start: busy[index]?.end ?? start, end: start }))
  const cut = idle.filter(({ start, end }) => end - start > Math.max(breakMsMin, busyMs * breakShare))
  const shownMs = Math.max(1, last - first - cut.reduce((sum, { start, end }) => sum + end - start, 0))
  const room = Math.max(0.3, 1 - cut.length * breakWidth)
  const width = cut.length === 0 ? 0 : (1 - room) / cut.length

  const position = (at: number): number => {
    let share = ((at - first) / shownMs) * room
    for (const { start, end } of cut) {
      if (at <= start) break
      const inside = Math.min(at, end) - start
      share += (inside / (end - start)) * width - (inside / shownMs) * room
    }
    return Math.min(1, Math.max(0, share))
  }
  return {
    position,
    breaks: cut.map(({ start, end }) => ({
      from: position(start),
      to: position(end),
      durationMs: end - start,
    })),
    ticks: cut.length === 0 ? ticksOf(first, last, position) : busyTicks(busy, cut, position),
  }
}

function mergeStretches(intervals: readonly Stretch[]): readonly Stretch[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const previous = merged.at(-1)
    if (previous !== undefined && start <= previous.end) previous.end = Math.max(previous.end, end)
    else merged.push({ start, end })
  }
  return merged
}

function ticksOf(first: number, last: number, position: (at: number) => number): Timeline['ticks'] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
    (s) => s * 1000,
  )
  const step = steps.find((size) => (last - first) / size <= ticksMax) ?? last - first + 1
  const ticks: { at: number; label: string }[] = []
  for (let at = 0; at <= last - first && ticks.length <= ticksMax; at += step) {
    ticks.push({ at: position(first + at), label: at === 0 ? '0' : `+${shortDuration(at)}` })
  }
  return ticks
}

/** With breaks, a tick where each stretch of work begins. */
function busyTicks(
  busy: readonly Stretch[],
  cut: readonly Stretch[],
  position: (at: number) => number,
): Timeline['ticks'] {
  const first = busy[0]?.start ?? 0
  const begins = [first, ...cut.map(({ end }) => end)]
  return begins
    .slice(0, ticksMax)
    .map((at) => ({ at: position(at), label: at === first ? '0' : `+${shortDuration(at - first)}` }))
}

function shortDuration(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms / 1000)}s` : formatDuration(ms)
}
