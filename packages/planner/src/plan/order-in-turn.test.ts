import { beforeAll, describe, expect, it } from 'vitest'

import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { openSchema } from '../schema/schema.ts'
import { judgeTicket, type JudgedTicket } from './judge-ticket.ts'
import { orderInTurn, slowSteps } from './order-in-turn.ts'
import { defaultBatchPolicy } from './policy.ts'

let read: SqlReader
beforeAll(async () => {
  read = await loadSqlReader()
})

const judge = (id: string, text: string): JudgedTicket =>
  judgeTicket(
    { id, operations: read({ file: `${id}.sql`, text }).operations, weight: 1, isUrgent: false },
    openSchema,
    { policy: defaultBatchPolicy, rowsOf: () => undefined },
  )

/** Statements of a kind each: a moment or a scan, under locks that readers pass or wait for. */
const statements = [
  'ALTER TABLE a ADD x int',
  'ALTER TABLE b ADD x int',
  'CREATE INDEX i ON c (x)',
  'ALTER TABLE d ALTER x SET NOT NULL',
  'ALTER TABLE e ADD CHECK (x > 0); ALTER TABLE e ALTER y SET NOT NULL',
  'CREATE TABLE n (id int REFERENCES f (id))',
]

/** Slow statements that run while an earlier ticket keeps readers out, in one transaction over all of them. */
function waitedFor(order: readonly JudgedTicket[]): number {
  let sum = 0
  let isHeld = false
  for (const ticket of order) {
    if (isHeld) sum += slowSteps(ticket)
    isHeld ||= ticket.locks.some((lock) => lock.mode === 'ACCESS EXCLUSIVE')
  }
  return sum
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length <= 1) return [list]
  return list.flatMap((each, at) =>
    permutations([...list.slice(0, at), ...list.slice(at + 1)]).map((rest) => [each, ...rest]),
  )
}

describe('the order inside a turn', () => {
  it('lets readers wait for as little as any order of every choice of tickets does', () => {
    const all = statements.map((text, at) => judge(`t${at}`, text))
    const choices = Array.from({ length: 2 ** all.length }, (_, bits) =>
      all.filter((_ticket, at) => (bits & (1 << at)) !== 0),
    )
    let spared = 0
    for (const members of choices) {
      const costs = permutations(members).map(waitedFor)
      expect(waitedFor(orderInTurn(members, []))).toBe(Math.min(...costs))
      if (Math.max(...costs) > Math.min(...costs)) spared++
    }
    // The control: for most choices, another order makes readers wait longer.
    expect(spared).toBeGreaterThan(choices.length / 2)
  })

  it('puts the hottest lock last, and is the same for every order of what it is given', () => {
    const members = statements.map((text, at) => judge(`t${at}`, text))
    const ids = (given: readonly JudgedTicket[]): readonly string[] =>
      orderInTurn(given, ['a']).map((each) => each.ticket.id)

    expect(ids(members)).toEqual(['t2', 't5', 't4', 't3', 't1', 't0'])
    expect(ids(members.toReversed())).toEqual(ids(members))
  })
})
