/**
 * How two tickets stand to each other, from what their operations touch.
 *
 * Promise: `independent` tickets reach one schema in either order. `order` runs only one way. `duplicate` names the one that can be
 * dropped. What cannot be proved is `conservative`. The answer does not depend on which ticket comes first in the input.
 */
import { compareText } from '../model/compare.ts'
import type { Operation } from '../model/operation.ts'
import { resourceKey, type Touch } from '../model/resource.ts'
import type { SchemaTicket } from '../model/ticket.ts'
import { meet, type Meeting } from './meet.ts'
import { missingColumns } from './missing.ts'
import { prepareTicket, type PreparedOperation, type PreparedTicket } from './prepare.ts'
import type { Reason, TicketRelation } from './relation.ts'

export function relateTickets(one: SchemaTicket, other: SchemaTicket): TicketRelation {
  return relatePrepared(prepareTicket(one), prepareTicket(other))
}

export function relatePrepared(one: PreparedTicket, other: PreparedTicket): TicketRelation {
  const [a, b] = compareText(one.id, other.id) <= 0 ? [one, other] : [other, one]
  const between = { a: a.id, b: b.id }
  const apart = otherEngine(a, b)
  if (apart !== null) return { ...between, relation: 'conservative', because: [apart] }
  const duplicate = findDuplicate(a, b)
  if (duplicate !== null) return { ...between, relation: 'duplicate', ...duplicate }

  const found = a.operations.flatMap((first) =>
    b.operations.flatMap((second) => relateOperations(first, second)),
  )
  const of = (...verdicts: Meeting[]): Reason[] =>
    found.filter((each) => verdicts.includes(each.verdict)).map((each) => each.reason)
  const lacking = [...missingColumns(a, b), ...missingColumns(b, a)].map(({ created, uses, column }) =>
    reasonFor(
      'conflict',
      created,
      uses,
      `${describe(uses)} needs ${column}, which ${describe(created)} does not make`,
    ),
  )
  const conflicts = [...of('conflict'), ...lacking]
  if (conflicts.length > 0) return { ...between, relation: 'conflict', because: conflicts }
  const forward = of('first_before')
  const backward = of('second_before')
  if (forward.length > 0 && backward.length > 0) {
    const because = [...forward, ...backward].map((reason): Reason => ({ ...reason, rule: 'cycle' }))
    return { ...between, relation: 'conflict', because }
  }
  const unproved = of('unproved')
  if (unproved.length > 0) return { ...between, relation: 'conservative', because: unproved }
  if (forward.length > 0) return { ...between, relation: 'order', before: a.id, because: forward }
  if (backward.length > 0) return { ...between, relation: 'order', before: b.id, because: backward }
  return { ...between, relation: 'independent', because: [] }
}

/** One turn runs on one server. What was not read says nothing about its engine. */
function otherEngine(a: PreparedTicket, b: PreparedTicket): Reason | null {
  const read = (ticket: PreparedTicket): readonly PreparedOperation[] =>
    ticket.operations.filter((each) => each.operation.kind !== 'opaque')
  for (const first of read(a)) {
    const second = read(b).find((each) => each.operation.engine !== first.operation.engine)
    if (second !== undefined)
      return reasonFor('engine', first, second, 'one is for MySQL, the other for another engine')
  }
  return null
}

/** Every change of one is made by the other: the one that makes no more than that can go, the later id of two equals. */
function findDuplicate(
  a: PreparedTicket,
  b: PreparedTicket,
): { readonly drop: string; readonly because: readonly Reason[] } | null {
  const dropped = isContained(b, a) ? b : isContained(a, b) ? a : null
  if (dropped === null) return null
  const because = a.operations.flatMap((first) =>
    b.operations
      .filter((second) => second.meaning === first.meaning)
      .map((second) => reasonFor('same_change', first, second, `both ${describe(first)}`)),
  )
  return { drop: dropped.id, because }
}

function isContained(part: PreparedTicket, whole: PreparedTicket): boolean {
  const meanings = new Set(whole.operations.map((each) => each.meaning))
  return (
    part.operations.length > 0 &&
    part.operations.every(
      // Adding rows twice is not adding them once, and what was not read is not known to be the same.
      (each) =>
        meanings.has(each.meaning) &&
        each.operation.confidence === 'exact' &&
        each.operation.kind !== 'opaque' &&
        each.operation.kind !== 'data',
    )
  )
}

interface Found {
  readonly verdict: Meeting
  readonly reason: Reason
}

function relateOperations(first: PreparedOperation, second: PreparedOperation): Found[] {
  if (
    first.meaning === second.meaning &&
    first.operation.kind !== 'opaque' &&
    first.operation.kind !== 'data'
  ) {
    const text = `both ${describe(first)}, and each does more: split it off, or drop it from one`
    return [{ verdict: 'conflict', reason: reasonFor('partly_same', first, second, text) }]
  }
  const unread = [first, second].find((each) => isOpaqueEverywhere(each.operation))
  if (unread !== undefined) {
    const text = `${describe(unread)}: it may touch what the other does`
    return [{ verdict: 'unproved', reason: reasonFor('opaque', first, second, text) }]
  }
  const isSure = [first, second].every((each) => each.operation.confidence === 'exact')
  const seen = new Set<string>()
  return first.touches.flatMap((one) =>
    second.touches.flatMap((two) => {
      const met = meet(one, two)
      // An operation that may not run orders nothing for certain, and conflicts with nothing for certain.
      const verdict = met === 'nothing' || isSure ? met : 'unproved'
      if (verdict === 'nothing' || seen.has(verdict)) return []
      seen.add(verdict)
      return [
        {
          verdict,
          reason: reasonFor(ruleOf(verdict), first, second, textOf(verdict, one, two, first, second)),
        },
      ]
    }),
  )
}

function isOpaqueEverywhere(operation: Operation): boolean {
  return operation.kind === 'opaque' && operation.touches === 'anything'
}

function ruleOf(verdict: Exclude<Meeting, 'nothing'>): Reason['rule'] {
  if (verdict === 'conflict' || verdict === 'unproved') return verdict
  return 'order'
}

function textOf(
  verdict: Exclude<Meeting, 'nothing'>,
  one: Touch,
  two: Touch,
  first: PreparedOperation,
  second: PreparedOperation,
): string {
  const what = resourceKey(one.resource.path.includes('*') ? two.resource : one.resource).replace(':', ' ')
  switch (verdict) {
    case 'first_before':
      return `${describe(first)} must come before ${describe(second)}: ${what}`
    case 'second_before':
      return `${describe(second)} must come before ${describe(first)}: ${what}`
    case 'conflict':
      return `${describe(first)} and ${describe(second)} cannot both stand: ${what}`
    case 'unproved':
      return `${describe(first)} and ${describe(second)} both touch ${what}, and it is not proved that their order is free`
    default:
      return verdict satisfies never
  }
}

function reasonFor(
  rule: Reason['rule'],
  first: PreparedOperation,
  second: PreparedOperation,
  text: string,
): Reason {
  return { rule, text, first: first.operation.place, second: second.operation.place }
}

function describe({ operation }: PreparedOperation): string {
  const kind = operation.kind.replaceAll('_', ' ')
  if (operation.kind === 'opaque') return `what could not be read (${operation.reason})`
  if (operation.kind === 'data') return `${operation.verb} of rows in ${operation.writes.join(', ')}`
  const table = 'table' in operation && operation.table !== undefined ? operation.table : null
  const part =
    'column' in operation
      ? typeof operation.column === 'string'
        ? operation.column
        : operation.column.name
      : 'name' in operation
        ? operation.name
        : undefined
  return `${kind} ${[table, part].filter((each) => each !== null && each !== undefined).join('.')}`.trimEnd()
}
