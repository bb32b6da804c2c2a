import { formatDuration } from '@conduct/core'
import type { Distribution, LaneStats } from '@conduct/lanes/engine'
import { table } from '../help/table.ts'
import type { Style } from '../output/style.ts'
import { timeOfDay } from './text.ts'

/** How a lane was used, for a captain's eye: one line per question. */
export function statsText(lane: string, stats: LaneStats, style: Style): string {
  const { grants, contended, outcomes, utilisation } = stats
  const begins = stats.isCut ? ', where what is left of its history begins' : ''
  const head = `${style.bold(lane)}: ${formatDuration(utilisation.windowMs)} since ${timeOfDay(stats.since)}${begins}\n`
  if (stats.records === 0 && utilisation.heldMs === 0) return `${head}  Nothing happened.\n`
  const waited =
    contended === 0 ? 'none had to wait' : `${contended} had to wait (${percent(contended / grants)})`
  const rows: readonly (readonly [string, string])[] = [
    ['grants', grants === 0 ? 'none' : `${grants}, ${waited}`],
    ['waits', distributionText(stats.waits)],
    ['holds', stats.holds === null ? 'none handed back' : distributionText(stats.holds)],
    ['held', utilisationText(stats)],
    ['ended', countsText({ ...outcomes, refused: 0 }) ?? 'none'],
    ['refused', refusalsText(stats)],
    ['takeovers', takeoversText(stats.takeovers)],
    ...(stats.parked === 0 ? [] : [['parked', `${stats.parked} times`] as const]),
    ...stats.busiest.map(
      ({ holder, grants: turns, heldMs }, index) =>
        [
          index === 0 ? 'busiest' : '',
          `${holder}: ${formatDuration(heldMs)} in ${turns} ${turns === 1 ? 'turn' : 'turns'}`,
        ] as const,
    ),
  ]
  return `${head}${table(rows, style)}`
}

function distributionText(distribution: Distribution | null): string {
  if (distribution === null) return 'none'
  const { count, p50Ms, p90Ms, maxMs } = distribution
  const [half, most, max] = [p50Ms, p90Ms, maxMs].map(formatDuration)
  return `half within ${half}, 9 in 10 within ${most}, longest ${max} (of ${count})`
}

function utilisationText({ utilisation }: LaneStats): string {
  const { share, slots } = utilisation
  if (slots.length === 0) return 'never'
  const whole = `${percent(share)} of the time`
  const [only] = slots
  if (slots.length === 1 && only?.slot === '*') return whole
  return `${whole}: ${slots.map((slot) => `${slot.slot} ${percent(slot.share)}`).join(', ')}`
}

function refusalsText({ outcomes, refusals }: LaneStats): string {
  const reasons = countsText(refusals)
  return reasons === null ? 'none' : `${outcomes.refused}: ${reasons}`
}

function takeoversText({ lapsed, dead, forced }: LaneStats['takeovers']): string {
  if (lapsed + forced === 0) return 'none'
  const ofTheDead = dead === 0 ? '' : ` (${dead} of dead processes)`
  return `${lapsed} lapsed${ofTheDead}, ${forced} forced`
}

function countsText(counts: Readonly<Partial<Record<string, number>>>): string | null {
  const named = Object.entries(counts).flatMap(([name, count]) =>
    count === undefined || count === 0 ? [] : [`${count} ${name.replaceAll('_', ' ')}`],
  )
  return named.length === 0 ? null : named.join(', ')
}

function percent(share: number): string {
  const value = share * 100
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}%`
}
