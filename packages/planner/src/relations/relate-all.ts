import type { SchemaTicket } from '../model/ticket.ts'
import { prepareTicket, type PreparedTicket } from './prepare.ts'
import { relatePrepared } from './relate.ts'
import type { TicketRelation } from './relation.ts'

/**
 * How all tickets stand to each other, without the pairs that are independent.
 *
 * Most pairs have nothing in common: only those are compared of which both name one thing, or mean one change, or of which one may
 * touch anything.
 */
export function relateAll(tickets: readonly SchemaTicket[]): readonly TicketRelation[] {
  const prepared = tickets.map(prepareTicket)
  const sharing = groupsOf(prepared)
  return prepared.flatMap((one, at) =>
    [...sharing(at)]
      .sort((first, second) => first - second)
      .flatMap((other) => {
        const found = relatePrepared(one, prepared[other] ?? one)
        return found.relation === 'independent' ? [] : [found]
      }),
  )
}

/** @returns for a ticket those after it that may meet it. */
function groupsOf(tickets: readonly PreparedTicket[]): (at: number) => ReadonlySet<number> {
  const everyone = new Set(tickets.keys())
  const engines = new Set(tickets.flatMap(enginesOf))
  const keys = tickets.map(keysOf)
  const byKey = new Map<string, number[]>()
  for (const [at, own] of keys.entries()) {
    for (const key of own ?? []) {
      const known = byKey.get(key)
      if (known === undefined) byKey.set(key, [at])
      else known.push(at)
    }
  }
  const unlimited = [...keys.keys()].filter((at) => keys[at] === null)
  return (at) => {
    const own = keys[at] ?? null
    // With two engines every pair may be apart.
    const found =
      own === null || engines.size > 1
        ? everyone
        : [...unlimited, ...[...own].flatMap((key) => byKey.get(key) ?? [])]
    return new Set([...found].filter((other) => other > at))
  }
}

function enginesOf({ operations }: PreparedTicket): readonly string[] {
  return operations.flatMap(({ operation }) =>
    operation.kind === 'opaque' ? [] : [operation.engine ?? 'postgres'],
  )
}

/** What it names, from the outside, and what it means; null for what may touch anything. */
function keysOf({ operations }: PreparedTicket): ReadonlySet<string> | null {
  const keys = new Set<string>()
  for (const { operation, touches, meaning } of operations) {
    if (operation.kind === 'opaque' && operation.touches === 'anything') return null
    keys.add(`means ${meaning}`)
    for (const { resource } of touches) {
      const [outermost = '*'] = resource.path
      if (outermost === '*') return null
      keys.add(`names ${outermost}`)
    }
  }
  return keys
}
