import { type BatchPlan, type JudgedTicket, objectOf, type Turn } from '@conduct/planner'
import {
  type BatchReport,
  blockersOf,
  headlineOf,
  locksText,
  proofGaps,
  toldRelations,
  waitsText,
} from '@conduct/report'
import type { Style } from '../output/style.ts'
import { wrapLines } from '../output/wrap-lines.ts'
import type { TakenTicket } from './batching.ts'

export interface BatchPlanTextOptions {
  readonly blocked: BatchPlan['relations']
  readonly style: Style
}

/** What a captain looks at: the turns, then what travels outside of them, then the reasons. */
export function batchPlanText(report: BatchReport, options: BatchPlanTextOptions): string {
  const { style } = options
  const { plan, baseProblem, smuggled, elsewhere } = report
  const { turns, density } = plan
  const elsewhereLines = elsewhere.map(({ what, why }) => `${what}: ${why}`)
  const takenText = section(
    'In another batch, or not read',
    [...elsewhereLines, ...options.blocked.flatMap(relationLines)],
    style,
  )
  const outside = section('Outside of the lane', smuggledLines(smuggled), style)
  if (plan.tickets.length === 0) {
    const rest = elsewhere.length === 0 ? '' : ' and is in no batch'
    const said = [`Nothing that is open${rest} changes the schema.\n`, outside, takenText]
    return wrapLines(said.filter((part) => part !== '').join('\n'), style.width)
  }
  const parts = [
    headlineOf(plan),
    turns.map((turn) => turnText(turn, plan, style)).join(''),
    outside,
    section(
      'Alone',
      plan.solo.map(({ ticket, because }) => `${ticket}: ${because.join('; ')}`),
      style,
    ),
    section(
      'Dropped',
      plan.dropped.map(({ ticket, duplicateOf }) => `${ticket}: ${duplicateOf} does the same`),
      style,
    ),
    section(
      'No place in any order',
      plan.unplanned.map(({ ticket, because }) => `${ticket}: ${because}`),
      style,
    ),
    section('How they stand to each other', relationsText(plan), style),
    section(
      'Files that collide',
      plan.collisions.map(
        ({ rule, value, files }) =>
          `${rule.replace('_', ' ')} ${rule === 'same_content' ? '' : value}: ${files.map((each) => `${each.file} (${each.ticket ?? 'base'})`).join(', ')}`,
      ),
      style,
    ),
    section(
      'Not proved',
      turns.flatMap((turn) => proofGaps(turn).map((gap) => `${turn.id}: ${gap}`)),
      style,
    ),
    section(
      'Not compared with the schema file',
      smuggled.flatMap(({ ticket, unknown }) => unknown.map((each) => `${ticket}: ${each}`)),
      style,
    ),
    takenText,
    ...(baseProblem === null ? [] : [`The base schema is not known: ${baseProblem}.\n`]),
    `${density.advice}.`,
  ]
  return wrapLines(`${parts.filter((part) => part !== '').join('\n')}\n`, style.width)
}

function smuggledLines(smuggled: BatchReport['smuggled']): readonly string[] {
  const all = smuggled.flatMap(({ ticket, signals }) => signals.map((each) => ({ ticket, ...each })))
  // What is the same of several is said once.
  return [...Map.groupBy(all, ({ why, remedy }) => `${why}\n${remedy}`).values()].flatMap((same) => {
    const [{ why, remedy }] = same as [(typeof same)[number]]
    const where = same.map(({ ticket, place }) => [ticket, `(${place.file}:${place.line})`] as const)
    const [only, ...others] = where
    if (only !== undefined && others.length === 0) return [`${only[0]}: ${why} ${only[1]}`, `  ${remedy}`]
    return [why, ...where.map(([ticket, place]) => `  ${ticket} ${place}`), `  ${remedy}`]
  })
}

/** Who has what, so that nobody starts what somebody else is at; and what nobody could look into. */
export function elsewhereOf(given: {
  readonly taken: readonly TakenTicket[]
  readonly takenProblem: string | null
  readonly notRead: readonly string[]
}): BatchReport['elsewhere'] {
  const batches = Map.groupBy(given.taken, (each) => each.batch)
  const unknown = given.takenProblem
  return [
    ...[...batches].map(([batch, tickets]) => {
      const { by = '', at = '' } = tickets[0] ?? {}
      const when = `${at.slice(0, 16).replace('T', ' ')} UTC`
      return {
        what: tickets.map((each) => each.ticket).join(', '),
        why: `${batch}, taken by ${by} at ${when}`,
      }
    }),
    ...(unknown === null
      ? []
      : [{ what: 'not known', why: `perhaps more is taken than is shown: ${unknown}` }]),
    ...given.notRead.map((each) => {
      const [what = '', ...why] = each.split(': ')
      return { what, why: why.join(': ') }
    }),
  ]
}

function section(title: string, lines: readonly string[], style: Style): string {
  return lines.length === 0 ? '' : `${style.bold(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function turnText(turn: Turn, plan: BatchPlan, style: Style): string {
  const { id, category, tickets, holdMinutes } = turn
  const byId = new Map(plan.tickets.map((each) => [each.ticket.id, each]))
  const locks =
    turn.mayLockMore && turn.locks.length === 0 ? 'what it locks is not known' : `locks ${locksText(turn)}`
  const code = waitsText(turn)
  const head = `${style.bold(id)}  ${category}, about ${holdMinutes} min; ${locks}${code === '' ? '' : `; ${code}`}\n`
  const members = tickets.flatMap((each) => byId.get(each) ?? [])
  const width = Math.max(...plan.tickets.map((each) => each.ticket.id.length))
  const blockers = blockersOf(plan)
  const waits = (ticket: string): string => {
    const after = (blockers.get(ticket) ?? []).filter(({ relation }) => relation === 'order')
    return after.length === 0 ? '' : `; after ${after.map((each) => each.ticket).join(', ')}`
  }
  return (
    head + members.map((each) => `  ${ticketLine(each, { width, style })}${waits(each.ticket.id)}\n`).join('')
  )
}

/** So many operations of a ticket are named; the plan is read at a glance. */
const operationsShownMax = 3

function ticketLine(
  judged: JudgedTicket,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const { ticket, cls, operations, coverage } = judged
  const told = [
    ...new Set(
      operations.map(({ operation }) =>
        operation.kind === 'opaque'
          ? 'could not be read'
          : `${operation.kind.replaceAll('_', ' ')} ${objectOf(operation)}`.trim(),
      ),
    ),
  ]
  const more = told.length - operationsShownMax
  const named = `${told.slice(0, operationsShownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const isTold = coverage.resolved === coverage.total || coverage.resolved === 0
  const read = isTold ? '' : `, ${coverage.resolved} of ${coverage.total} read`
  return `${style.cyan(ticket.id.padEnd(width))}  ${cls.padEnd(classWidth)}  ${named}${read}`
}

const classWidth = 'opaque'.length

function relationsText(plan: BatchPlan): readonly string[] {
  const told = toldRelations(plan)
  const rest = plan.relations.length - told.length
  const left = `${count(rest, 'more pair')} with what is alone or dropped: --json has all of them`
  return [...told.flatMap(relationLines), ...(rest === 0 ? [] : [left])]
}

const reasonsMax = 3

function relationLines({ a, b, relation, because }: BatchPlan['relations'][number]): readonly string[] {
  // The same sentence of several lines is read once.
  const different = because.filter(({ text }, at) => because.findIndex((each) => each.text === text) === at)
  const shown = different.slice(0, reasonsMax)
  const more = because.length - shown.length
  return [
    `${a} × ${b}: ${relation}`,
    ...shown.map(
      ({ text, first, second }) => `  ${text} (${first.file}:${first.line}, ${second.file}:${second.line})`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
