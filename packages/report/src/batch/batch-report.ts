import type { BatchPlan, JudgedTicket, TicketSmuggled, Turn } from '@conduct/planner'

/** What there is to say about a plan of schema changes. */
export interface BatchReport {
  readonly plan: BatchPlan
  readonly smuggled: readonly TicketSmuggled[]
  /** What stands in the way of knowing the base schema; null when it is known. */
  readonly baseProblem: string | null
  /** Open work that is in no turn: what another batch has, and what was not read. */
  readonly elsewhere: readonly { readonly what: string; readonly why: string }[]
}

/** Why a ticket is not in a turn before its own. */
export interface Blocker {
  readonly ticket: string
  readonly relation: 'order' | 'conflict' | 'conservative'
  /** `add column users.nickname must come before …`. */
  readonly text: string
}

/** By ticket: what stands in an earlier turn and has to, or cannot share one with it. */
export function blockersOf(plan: BatchPlan): ReadonlyMap<string, readonly Blocker[]> {
  const { turns } = plan
  const turnOf = new Map(turns.flatMap(({ tickets }, at) => tickets.map((ticket) => [ticket, at] as const)))
  const found = new Map<string, Blocker[]>()
  for (const each of toldRelations(plan)) {
    const { relation, a, b, because } = each
    const [one, other] = [turnOf.get(a), turnOf.get(b)]
    if (relation === 'duplicate' || relation === 'independent' || one === undefined || other === undefined)
      continue
    if (one === other) continue
    const [first, second] = one < other ? [a, b] : [b, a]
    const text = because[0]?.text ?? ''
    found.set(second, [...(found.get(second) ?? []), { ticket: first, relation, text }])
  }
  return found
}

/** What is alone or dropped anyway is not kept apart by how it stands to others. */
export function toldRelations(plan: BatchPlan): BatchPlan['relations'] {
  const alone = new Set(plan.solo.map((each) => each.ticket))
  const dropped = new Set(plan.dropped.map((each) => each.ticket))
  return plan.relations.filter(
    ({ a, b, relation }) =>
      relation === 'duplicate' ||
      (!dropped.has(a) &&
        !dropped.has(b) &&
        !(relation === 'conservative' && (alone.has(a) || alone.has(b)))),
  )
}

/** The sentence at the top. */
export function headlineOf({ tickets, turns, serialTurns, lowerBound, gap, saved }: BatchPlan): string {
  if (tickets.length === 0) return 'Nothing that is open changes the schema.'
  const bound =
    gap === 0 ? 'no plan has fewer' : `at least ${lowerBound} are needed, so at most ${gap} too many`
  const own = `${count(tickets.length, 'ticket')} ${tickets.length === 1 ? 'changes' : 'change'} the schema`
  if (turns.length === serialTurns && saved.waitingHours === 0) {
    return `${own}: ${count(turns.length, 'turn')}, as many as one by one (${bound}).`
  }
  return `${own}: ${count(turns.length, 'turn')} instead of ${serialTurns} (${bound}); ${saved.waitingHours} hours of waiting saved.`
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

export function locksText({ locks, mayLockMore }: Pick<Turn, 'locks' | 'mayLockMore'>): string {
  const named = locks.map(({ table, mode }) => `${table} (${mode})`).join(', ')
  if (mayLockMore) return named === '' ? 'not known' : `${named}, and perhaps more`
  return named === '' ? 'nothing that exists' : named
}

/** Empty where it takes nothing away that code may use. */
export function waitsText({ waitsForCode }: Pick<Turn, 'waitsForCode'>): string {
  return waitsForCode.length === 0 ? '' : `waits until no live code uses ${waitsForCode.join(', ')}`
}

export function kindsText({ operations }: JudgedTicket): string {
  const told = operations.map(({ operation: { kind } }) =>
    kind === 'opaque' ? 'could not be read' : kind.replaceAll('_', ' '),
  )
  return [...new Set(told)].join(', ')
}

export const classMeanings = {
  S0: 'new objects only',
  S1: 'brief lock, adds',
  S1b: 'brief lock, changes what happens',
  S2: 'online, a step of its own',
  B1: 'blocks writes while it reads through a table',
  B2: 'rewrites a table',
  D: 'takes something away',
  X: 'changes rows',
  opaque: 'could not be read',
} as const satisfies Readonly<Record<JudgedTicket['cls'], string>>

export function coverageText({ coverage }: JudgedTicket): string {
  const { resolved, total } = coverage
  return resolved === total || resolved === 0 ? '' : `${resolved} of ${total} read`
}

/** What of a turn's proof does not hold, or holds for a part only. */
export function proofGaps({ proof }: Turn): readonly string[] {
  switch (proof.outcome) {
    case 'same':
      return proof.limits.map(({ place, reason }) => `${reason} (${place.file}:${place.line})`)
    case 'different':
      return [`the schema depends on the order: ${proof.differences.flatMap((each) => each.only).join('; ')}`]
    case 'refused':
      return [
        `${proof.problem}, in the order ${proof.order.join(', ')} (${proof.place.file}:${proof.place.line})`,
      ]
    default:
      return proof satisfies never
  }
}
