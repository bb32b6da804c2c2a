/** Moments → places on a line on which long waits are drawn short. */
import { formatDuration } from '@conduct/core'
import type { Timeline } from './model.ts'

/** Idle stretches longer than this share of the working time, and this many milliseconds, are drawn short. */
const breakShare = 0.15
const breakMsMin = 20_000
const breakWidth = 0.09
/** All breaks together never take more than the rest. */
const breaksWidthMax = 0.5
const ticksMax = 6

export interface Stretch {
  readonly start: number
  readonly end: number
}

export interface Scale {
  /** Moment → 0 to 1. */
  readonly position: (at: number) => number
  readonly breaks: Timeline['breaks']
  readonly ticks: Timeline['ticks']
}

/** @param waits begin and end the line too, and may lie in what is drawn short. */
export function buildScale(work: readonly Stretch[], waits: readonly Stretch[]): Scale {
  const all = [...work, ...waits]
  const first = Math.min(...all.map(({ start }) => start))
  const last = Math.max(...all.map(({ end }) => end))
  const busy = mergeStretches(work)
  const busyMs = busy.reduce((sum, { start, end }) => sum + end - start, 0)
  const cut = idleBetween(busy, { start: first, end: last }).filter(
    ({ start, end }) => end - start > Math.max(breakMsMin, busyMs * breakShare),
  )
  const shownMs = Math.max(1, last - first - cut.reduce((sum, { start, end }) => sum + end - start, 0))
  const room = Math.max(1 - breaksWidthMax, 1 - cut.length * breakWidth)
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
    ticks: cut.length === 0 ? ticksOf(first, last, position) : busyTicks(first, cut, position),
  }
}

/** What is left of the whole, before, between and behind. */
function idleBetween(busy: readonly Stretch[], whole: Stretch): readonly Stretch[] {
  const ends = [whole.start, ...busy.map(({ end }) => end)]
  const starts = [...busy.map(({ start }) => start), whole.end]
  return ends
    .map((start, index) => ({ start, end: starts[index] ?? start }))
    .filter(({ start, end }) => end > start)
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

const tickSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]

function ticksOf(first: number, last: number, position: (at: number) => number): Timeline['ticks'] {
  const steps = tickSeconds.map((s) => s * 1000)
  const step = steps.find((size) => (last - first) / size <= ticksMax) ?? last - first + 1
  const ticks: { at: number; label: string }[] = []
  for (let at = 0; at <= last - first && ticks.length <= ticksMax; at += step) {
    ticks.push({ at: position(first + at), label: at === 0 ? '0' : `+${shortDuration(at)}` })
  }
  return ticks
}

/** With breaks, a tick at the beginning and where each stretch of work goes on. */
function busyTicks(
  first: number,
  cut: readonly Stretch[],
  position: (at: number) => number,
): Timeline['ticks'] {
  const begins = [first, ...cut.map(({ end }) => end)]
  return begins
    .slice(0, ticksMax)
    .map((at) => ({ at: position(at), label: at === first ? '0' : `+${shortDuration(at - first)}` }))
}

function shortDuration(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms / 1000)}s` : formatDuration(ms)
}
