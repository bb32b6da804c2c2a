import { type BatchPlan, type JudgedTicket, objectOf, type Turn } from '@conduct/planner'
import type { Style } from '../output/style.ts'
import type { TakenTicket } from './batching.ts'

export interface BatchPlanTextOptions {
  readonly baseProblem: string | null
  readonly taken: readonly TakenTicket[]
  readonly takenProblem: string | null
  readonly blocked: BatchPlan['relations']
  readonly style: Style
}

export function batchPlanText(plan: BatchPlan, options: BatchPlanTextOptions): string {
  const { baseProblem, style } = options
  const { turns, saved, density, lowerBound, gap } = plan
  const takenText = section('In another batch', takenLines(options), style)
  if (plan.tickets.length === 0) {
    const rest = takenText === '' ? '' : ' that is in no batch'
    return [`Nothing that is open${rest} changes the schema.\n`, takenText]
      .filter((part) => part !== '')
      .join('\n')
  }
  const bound =
    gap === 0 ? 'no plan has fewer' : `at least ${lowerBound} are needed, so at most ${gap} too many`
  const parts = [
    `${count(plan.tickets.length, 'ticket')} ${plan.tickets.length === 1 ? 'changes' : 'change'} the schema: ${count(turns.length, 'turn')} instead of ${plan.serialTurns} (${bound}); ${saved.waitingHours} hours of waiting saved.`,
    turns.map((turn) => turnText(turn, plan, style)).join(''),
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
    section('Not proved', turns.flatMap(proofLines), style),
    takenText,
    ...(baseProblem === null ? [] : [`The base schema is not known: ${baseProblem}.\n`]),
    `${density.advice}.`,
  ]
  return `${parts.filter((part) => part !== '').join('\n')}\n`
}

/** Who has them, so that nobody starts what somebody else is at. */
function takenLines({ taken, takenProblem, blocked }: BatchPlanTextOptions): readonly string[] {
  const batches = Map.groupBy(taken, (each) => each.batch)
  return [
    ...[...batches].map(([batch, tickets]) => {
      const { by = '', at = '' } = tickets[0] ?? {}
      return `${tickets.map((each) => each.ticket).join(', ')}: ${batch}, taken by ${by} at ${at.slice(0, 16).replace('T', ' ')} UTC`
    }),
    ...blocked.flatMap(relationLines),
    ...(takenProblem === null ? [] : [`not known, and so perhaps more than is shown: ${takenProblem}`]),
  ]
}

function section(title: string, lines: readonly string[], style: Style): string {
  return lines.length === 0 ? '' : `${style.bold(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function turnText(turn: Turn, plan: BatchPlan, style: Style): string {
  const { id, category, tickets, holdMinutes } = turn
  const byId = new Map(plan.tickets.map((each) => [each.ticket.id, each]))
  const head = `${style.bold(id)}  ${category}, about ${holdMinutes} min; ${locksText(turn)}\n`
  const members = tickets.flatMap((each) => byId.get(each) ?? [])
  const width = Math.max(...plan.tickets.map((each) => each.ticket.id.length))
  return head + members.map((each) => `  ${ticketLine(each, { width, style })}\n`).join('')
}

function locksText({ locks, mayLockMore }: Turn): string {
  const named = locks.map(({ table, mode }) => `${table} (${mode})`).join(', ')
  if (mayLockMore) return named === '' ? 'what it locks is not known' : `locks ${named}, and perhaps more`
  return `locks ${named === '' ? 'nothing that exists' : named}`
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
        `${operation.kind.replaceAll('_', ' ')} ${objectOf(operation)}`.trim(),
      ),
    ),
  ]
  const more = told.length - operationsShownMax
  const named = `${told.slice(0, operationsShownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const read = coverage.resolved === coverage.total ? '' : `, ${coverage.resolved} of ${coverage.total} read`
  return `${style.cyan(ticket.id.padEnd(width))}  ${cls.padEnd(classWidth)}  ${named}${read}`
}

const classWidth = 'opaque'.length

/** What is alone or dropped anyway is not kept apart by how it stands to others. */
function relationsText(plan: BatchPlan): readonly string[] {
  const alone = new Set(plan.solo.map((each) => each.ticket))
  const dropped = new Set(plan.dropped.map((each) => each.ticket))
  const told = plan.relations.filter(
    ({ a, b, relation }) =>
      relation === 'duplicate' ||
      (!dropped.has(a) &&
        !dropped.has(b) &&
        !(relation === 'conservative' && (alone.has(a) || alone.has(b)))),
  )
  const rest = plan.relations.length - told.length
  const left = `${count(rest, 'more pair')} with what is alone or dropped: --json has all of them`
  return [...told.flatMap(relationLines), ...(rest === 0 ? [] : [left])]
}

const reasonsMax = 3

function relationLines({ a, b, relation, because }: BatchPlan['relations'][number]): readonly string[] {
  const shown = because.slice(0, reasonsMax)
  const more = because.length - shown.length
  return [
    `${a} × ${b}: ${relation}`,
    ...shown.map(
      ({ text, first, second }) => `  ${text} (${first.file}:${first.line}, ${second.file}:${second.line})`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function proofLines({ id, proof }: Turn): readonly string[] {
  switch (proof.outcome) {
    case 'same':
      return proof.limits.map(({ place, reason }) => `${id}: ${reason} (${place.file}:${place.line})`)
    case 'different':
      return [
        `${id}: the schema depends on the order: ${proof.differences.flatMap((each) => each.only).join('; ')}`,
      ]
    case 'refused':
      return [
        `${id}: ${proof.problem}, in the order ${proof.order.join(', ')} (${proof.place.file}:${proof.place.line})`,
      ]
    default:
      return proof satisfies never
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
