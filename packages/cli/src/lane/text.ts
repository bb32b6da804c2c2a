import { formatDuration } from '@conduct/core'
import type { Estimate, HeldBy, LaneView } from '@conduct/lanes/engine'
import type { Style } from '../output/style.ts'

/** Sentences about lanes. Times of day are local: they are for the person who reads them now. */
export function resourcesText(resources: readonly string[]): string {
  return resources.length === 1 && resources[0] === '*' ? 'the whole lane' : `{${resources.join(', ')}}`
}

export function timeOfDay(timestamp: string): string {
  const date = new Date(timestamp)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday
    ? time
    : `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${time}`
}

/** `cli:ana@host#app since 14:02, for ABC-12, contact https://…`. */
export function holderText(holder: HeldBy): string {
  return [
    `${holder.holder} since ${timeOfDay(holder.since)}`,
    ...(holder.task === null ? [] : [`for ${holder.task}`]),
    ...(holder.run === null ? [] : [`run ${holder.run}`]),
    ...(holder.contact === null ? [] : [`contact ${holder.contact}`]),
  ].join(', ')
}

export function estimateText(estimate: Estimate | null): string {
  return estimate === null ? 'unknown' : `about ${formatDuration(estimate.ms)} (${estimate.basis})`
}

export function laneText(view: LaneView, style: Style): string {
  const isFree = view.holders.length === 0
  const order = typeof view.order === 'string' ? view.order : `bounded ${view.order.bounded}`
  const state = isFree ? style.green('free') : style.yellow('held')
  const lines = [`${style.bold(view.lane)}: ${state} (limit ${view.limit}, order ${order})`]
  if (view.paused !== null) {
    const until = view.paused.until === null ? '' : ` until ${timeOfDay(view.paused.until)}`
    lines.push(`  ${style.yellow('paused')} by ${view.paused.by}${until}: ${view.paused.reason}`)
  }
  for (const holder of view.holders) {
    const offer = view.waiting.find(({ claim }) => claim === holder.claim)
    lines.push(`  ${holderLine(holder, offer?.offeredUntil ?? null)}`)
  }
  const line = inLine(view)
  if (line.length > 0) lines.push(`  ${style.bold('In line')}`)
  for (const waiter of line) lines.push(`    ${waiterLine(waiter)}`)
  for (const note of view.notes) {
    lines.push(
      `  ${style.yellow('note')} from run ${note.run}, ${timeOfDay(note.at)}, ${note.by}: ${note.text}`,
    )
  }
  if (view.definitionDiffers) {
    lines.push(
      `  ${style.yellow('note')} lanes.yaml differs from the definition in the store, and the store's decides; a captain replaces it with conduct lane apply`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** An offered turn is shown where it is held. */
function inLine(view: LaneView): LaneView['waiting'] {
  return view.waiting.filter(({ state }) => state !== 'offered')
}

function holderLine(holder: LaneView['holders'][number], offeredUntil: string | null): string {
  const until =
    holder.state === 'offered'
      ? `offered, its turn is open until ${offeredUntil === null ? 'it is taken' : timeOfDay(offeredUntil)}`
      : holder.kept !== null
        ? `kept: ${holder.kept}`
        : holder.untilMerged !== null
          ? `until ${holder.untilMerged} is merged or closed`
          : holder.expiresAt === null
            ? unchangedText(holder)
            : `${holder.attended ? 'renews itself' : 'until'} ${holder.attended ? `(lapses ${timeOfDay(holder.expiresAt)} if it dies)` : timeOfDay(holder.expiresAt)}`
  const eta = holder.etaMs === null ? '' : `, says it needs ${formatDuration(holder.etaMs)}`
  return `${holderText(holder)}: ${resourcesText(holder.resources)}, token ${holder.token}, ${until}${eta} [${holder.claim}]`
}

/** Where the store has no clock: for how long nothing was heard of the holder, and how long that may go on. */
function unchangedText(holder: LaneView['holders'][number]): string {
  const silent = `unchanged for ${formatDuration(holder.unchangedForMs)}`
  const lapses = `lapses after ${formatDuration(holder.lapsesAfterMs)} without a renewal`
  return holder.suspect ? `${silent}, suspect (${lapses})` : `${silent} (${lapses})`
}

function waiterLine(waiter: LaneView['waiting'][number]): string {
  const place = waiter.state === 'parked' ? 'parked' : `${waiter.position}.`
  const blocked = waiter.blockedBy.length === 0 ? '' : `, behind ${waiter.blockedBy.join(', ')}`
  const paused = waiter.paused === null ? '' : `, paused: ${waiter.paused}`
  const estimate = waiter.state === 'parked' ? '' : `, estimate ${estimateText(waiter.estimate)}`
  return `${place} ${holderText(waiter)}: ${resourcesText(waiter.resources)}${blocked}${paused}${estimate} [${waiter.claim}]`
}

/** One line per lane, for the list. */
export function laneSummary(view: LaneView, style: Style): string {
  const line = inLine(view)
  const waiting = line.length === 0 ? '' : `; ${line.length} in line`
  const paused = view.paused === null ? '' : `${style.yellow('paused')}, `
  const first = view.holders[0]
  if (first === undefined) return `${paused}${style.green('free')}${waiting}`
  const others = view.holders.length === 1 ? '' : ` and ${view.holders.length - 1} more`
  return `${paused}${style.yellow('held')} by ${holderText(first)} ${resourcesText(first.resources)}${others}${waiting}`
}

/** All lanes that are watched, one below the other. `lost`: since when the store does not answer. */
export function boardText(
  {
    estate,
    views,
    lost,
  }: {
    readonly estate: string
    readonly views: readonly LaneView[]
    readonly lost: { readonly since: Date; readonly error: Error } | null
  },
  style: Style,
): string {
  const lanes = views.length === 1 ? '1 lane' : `${views.length} lanes`
  const title = `${style.bold(estate)}, ${lanes}`
  const known =
    lost === null
      ? []
      : [
          `${style.yellow('not known any more')} since ${timeOfDay(lost.since.toISOString())}: ${lost.error.message}`,
        ]
  return [
    ...[title, ...known].map((line) => `${line}\n`),
    ...views.map((view) => laneText(view, style)),
  ].join('\n')
}
