/**
 * Whether a batch reaches one schema whatever the order in which its tickets run, as long as what must come before does.
 *
 * Three orders are run: the batch's own, the one that prefers small ids, and the one that prefers large ids.
 */
import { compareText } from '../model/compare.ts'
import type { SourceLine } from '../model/operation.ts'
import type { SchemaTicket } from '../model/ticket.ts'
import { applyOperations, type Limit } from './apply.ts'
import { differingLines, type Schema } from './schema.ts'

export interface Difference {
  /** What only one of the orders reaches, by object. */
  readonly only: readonly string[]
  readonly order: readonly string[]
}

export type Proof =
  | {
      readonly outcome: 'same'
      readonly orders: readonly (readonly string[])[]
      readonly schema: Schema
      readonly limits: readonly Limit[]
    }
  | { readonly outcome: 'different'; readonly differences: readonly Difference[] }
  | {
      readonly outcome: 'refused'
      readonly order: readonly string[]
      readonly ticket: string
      readonly place: SourceLine
      readonly problem: string
      readonly limits: readonly Limit[]
    }

export interface Batch {
  /** In the order in which they run. */
  readonly tickets: readonly SchemaTicket[]
  /** The first comes before the second. */
  readonly before: readonly (readonly [string, string])[]
}

/** `limits` of a proof name what could not be followed: with any, it holds for the rest only. */
export function proveBatch(base: Schema, { tickets, before }: Batch): Proof {
  const byId = new Map(tickets.map((each) => [each.id, each]))
  const ids = [...byId.keys()].sort(compareText)
  const batchOrder = tickets.map((each) => each.id)
  const orders = distinct([batchOrder, orderOf(ids, before), orderOf(ids.toReversed(), before)])
  const reached: {
    readonly order: readonly string[]
    readonly schema: Schema
    readonly limits: readonly Limit[]
  }[] = []
  for (const order of orders) {
    let schema = base
    const limits: Limit[] = []
    for (const id of order) {
      const applied = applyOperations(schema, byId.get(id)?.operations ?? [])
      if (applied.outcome === 'refused') {
        return { ...applied, order, ticket: id, limits: [...limits, ...applied.limits] }
      }
      schema = applied.schema
      limits.push(...applied.limits)
    }
    reached.push({ order, schema, limits })
  }
  const [first, ...others] = reached
  if (first === undefined) return { outcome: 'same', orders, schema: base, limits: [] }
  const differences = others.flatMap(({ order, schema }) => {
    const only = differingLines(first.schema, schema)
    return only.length === 0 ? [] : [{ order, only }]
  })
  if (differences.length > 0) return { outcome: 'different', differences }
  return { outcome: 'same', orders, schema: first.schema, limits: first.limits }
}

/** The first that is ready, again and again. A cycle is broken at its first: the relations have named it already. */
function orderOf(ids: readonly string[], before: readonly (readonly [string, string])[]): readonly string[] {
  const rest = [...ids]
  const order: string[] = []
  while (rest.length > 0) {
    const ready = rest.findIndex(
      (id) => !before.some(([first, second]) => second === id && rest.includes(first)),
    )
    order.push(...rest.splice(Math.max(ready, 0), 1))
  }
  return order
}

function distinct(orders: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(orders.map((order) => [order.join('\n'), order])).values()]
}
