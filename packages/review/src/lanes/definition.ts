import { formatDuration } from '@conduct/core'
import type { LaneConfig } from '@conduct/config'
import { inLane, type LanePair, standingOf, underHolders } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { counted, isSame, shown } from '../words.ts'
import { reviewLease } from './lease.ts'

/** What the store decides by: how many, over what, in which order. */
export function reviewDefinition(pair: LanePair, out: Reporter): void {
  reviewLimit(pair, out)
  reviewScope(pair, out)
  reviewOrder(pair, out)
  reviewLease(pair, out)
  reviewWaiting(pair, out)
}

function reviewLimit(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  if (before.limit === after.limit) return
  const at = inLane(pair, 'limit')
  if (after.limit > before.limit) {
    const isFork = after.batching !== null || after.triggers.actions.length > 0
    out.report('LIMIT_RAISED', {
      severity: isFork ? 'danger' : 'caution',
      message: `lane "${name}" lets ${after.limit} in at once instead of ${before.limit}${isFork ? `, and what it guards (${guarded(after)}) is one thing for all of them` : ''}`,
      ...at,
    })
    return
  }
  const { use } = standingOf(pair.sides.evidence, pair.nameBefore)
  const held = Math.max(
    0,
    ...Map.groupBy(use?.holders.flatMap(({ resources }) => resources) ?? [], String)
      .values()
      .map(({ length }) => length),
  )
  const isOver = held > after.limit
  out.report('LIMIT_LOWERED', {
    severity: isOver ? 'caution' : 'info',
    message: `lane "${name}" lets ${after.limit} in at once instead of ${before.limit}${isOver ? `; ${held} hold the same of it now, and they stay` : ''}`,
    ...at,
  })
}

function guarded({ batching, triggers }: LaneConfig): string {
  return batching === null ? triggers.actions.join(', ') : 'the schema'
}

function reviewScope(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  if (before.scope === after.scope) return
  const standing = standingOf(pair.sides.evidence, pair.nameBefore)
  out.report('SCOPE_CHANGED', {
    severity: underHolders(standing),
    message: `a claim on lane "${name}" covers ${covers[after.scope]} instead of ${covers[before.scope]}, so that claims of before and after do not keep each other out; ${standing.words}`,
    ...inLane(pair, 'scope'),
    details: standing.details,
  })
}

const covers = {
  global: 'the whole lane',
  repo: 'one repo',
  repo_set: 'a set of repos',
  project: 'one project',
} as const satisfies Record<LaneConfig['scope'], string>

function reviewOrder(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  if (!isSame(before.order, after.order)) {
    const mayStarve = after.order === 'eager' && after.scope === 'repo_set'
    out.report('ORDER_CHANGED', {
      severity: after.order === 'eager' ? 'caution' : 'info',
      message:
        after.order === 'eager'
          ? `in the line of lane "${name}" whatever fits goes first${mayStarve ? ', and a claim on many repos can wait for ever' : ''}`
          : after.order === 'strict'
            ? `in the line of lane "${name}" nobody is passed any more`
            : `in the line of lane "${name}" a claim is passed at most ${counted(after.order.bounded, 'time')}`,
      ...inLane(pair, 'order'),
    })
  }
  if (before.whenHeld === after.whenHeld) return
  const meanings = {
    queue: 'joins the line',
    skip: 'steps aside with success, and the work is not done',
    fail: 'is refused without a place in line',
  } as const
  out.report('WHEN_HELD_CHANGED', {
    severity: after.whenHeld === 'skip' ? 'caution' : 'info',
    message: `whoever finds lane "${name}" held ${meanings[after.whenHeld]}`,
    ...inLane(pair, 'whenHeld'),
  })
}

function reviewWaiting(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  const { use } = standingOf(pair.sides.evidence, pair.nameBefore)
  const inLine = use?.waiting.length ?? 0
  for (const key of ['ttlMs', 'max', 'acceptMs'] as const) {
    if (before.waiting[key] === after.waiting[key]) continue
    const isLess = after.waiting[key] < before.waiting[key]
    const isOver = key === 'max' && inLine > after.waiting.max
    const line = inLine > 0 ? `; ${counted(inLine, 'claim waits', 'claims wait')} now` : ''
    out.report('WAITING_CHANGED', {
      severity: isLess && (isOver || (inLine > 0 && key !== 'max')) ? 'caution' : 'info',
      message: `${waitingMeanings[key]} of lane "${name}" is ${shown(key, after.waiting[key])} instead of ${shown(key, before.waiting[key])}${line}`,
      ...inLane(pair, 'waiting', key),
    })
  }
  if (after.takeoverDelayMs < before.takeoverDelayMs) {
    out.report('TAKEOVER_HASTENED', {
      severity: 'caution',
      message: `after a force release lane "${name}" stays quiet for ${formatDuration(after.takeoverDelayMs)} instead of ${formatDuration(before.takeoverDelayMs)}, which is all the time its old holder has to notice`,
      ...inLane(pair, 'takeoverDelayMs'),
    })
  }
}

const waitingMeanings = {
  ttlMs: 'how long a waiter may be unseen in the line',
  max: 'the length of the line',
  acceptMs: 'how long a turn stays open in the line',
} as const
