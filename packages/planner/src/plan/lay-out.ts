import { allocateVersions } from '../identity/allocate-versions.ts'
import type { Classified } from '../classify/classify.ts'
import type { Operation } from '../model/operation.ts'
import type { LaidOutTurn, PlannedFile } from './batch-plan.ts'
import { strongestLocks, type JudgedTicket } from './judge-ticket.ts'
import { isSlow, orderInTurn } from './order-in-turn.ts'
import type { BatchInput } from './plan-batch.ts'
import { objectOf } from './wire.ts'

/** A draft of a turn's files before they have versions. */
type Draft = Omit<PlannedFile, 'version'>

/**
 * One file per ticket, and one more for each stretch of its work that cannot run in a transaction. Versions rise over all turns, so
 * that the files run in the order of the plan.
 */
export function layOutTurns(
  turns: readonly (readonly string[])[],
  tickets: readonly JudgedTicket[],
  { policy, files, now }: BatchInput,
): readonly LaidOutTurn[] {
  const byId = new Map(tickets.map((each) => [each.ticket.id, each]))
  const arranged = turns.map((ids) => {
    const members = ids.flatMap((id) => byId.get(id) ?? [])
    return policy.ordered === 'apart' ? orderInTurn(members, policy.hotTables) : members
  })
  const drafts = arranged.map((members) => members.flatMap(filesOf))
  const taken = files.flatMap((each) => each.version ?? [])
  const versions = allocateVersions({ count: drafts.flat().length, taken, now })
  let next = 0
  return arranged.map((members, at): LaidOutTurn => {
    const layout = (drafts[at] ?? []).map((draft) => ({ version: versions[next++] ?? '', ...draft }))
    return {
      id: `turn-${at + 1}`,
      category: members[0]?.category ?? 'expand',
      tickets: members.map((each) => each.ticket.id),
      risk: members.reduce((sum, each) => sum + each.risk, 0),
      locks: strongestLocks(members.flatMap((each) => each.locks)),
      mayLockMore: members.some(({ operations }) => operations.some((each) => each.cls === 'opaque')),
      holdMinutes:
        policy.turnOverheadMinutes +
        members.length * policy.minutesPerTicket +
        Math.ceil(rowsReadBy(members) / policy.rowsPerMinute),
      waitsForCode: members.flatMap(({ operations }) => operations.flatMap(takenAway)),
      layout,
    }
  })
}

const contractKinds: ReadonlySet<Operation['kind']> = new Set([
  'drop_table',
  'rename_table',
  'drop_column',
  'rename_column',
  'drop_view',
  'drop_type',
  'drop_function',
  'drop_sequence',
  'drop_schema',
])

/** By its name, where code may use it. */
function takenAway({ operation, cls }: Classified): readonly string[] {
  return cls === 'D' && contractKinds.has(operation.kind) ? [objectOf(operation)] : []
}

/** By what takes as long as its table is large; a table whose size nobody knows adds nothing. */
function rowsReadBy(members: readonly JudgedTicket[]): number {
  const slow = members.flatMap(({ operations }) => operations.filter((each) => isSlow(each)))
  return slow.reduce((sum, each) => sum + (each.rows ?? 0), 0)
}

function filesOf({ ticket, operations }: JudgedTicket): readonly Draft[] {
  const files: { ticket: string; isTransactional: boolean; from: Classified[] }[] = []
  for (const each of operations) {
    const last = files.at(-1)
    if (last?.isTransactional === each.isTransactional) last.from.push(each)
    else files.push({ ticket: ticket.id, isTransactional: each.isTransactional, from: [each] })
  }
  return files.map(({ from, ...file }) => ({ ...file, from: from.map((each) => each.operation.place) }))
}
