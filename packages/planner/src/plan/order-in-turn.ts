import type { Classified } from '../classify/classify.ts'
import { isForReaders, isStronger, lockModes, type LockMode } from '../facts/fact.ts'
import { compareText } from '../model/compare.ts'
import type { JudgedTicket } from './judge-ticket.ts'

/**
 * The order in which tickets of one turn run, so that readers wait as little as one transaction over all of them allows: what a
 * ticket locks against readers stays locked until the end, and everything slow that follows is waited for.
 *
 * First what locks against writers at the most, weak locks before strong ones; then what reads through a table that it locks
 * against everybody, the longest first; then what holds such a lock for a moment, hot tables last. Ties go by the ticket's id.
 */
export function orderInTurn(
  members: readonly JudgedTicket[],
  hotTables: readonly string[],
): readonly JudgedTicket[] {
  const keyed = members.map((member) => ({ member, key: keyOf(member, new Set(hotTables)) }))
  return keyed
    .sort((one, other) => compareKeys(one.key, other.key) || compareText(idOf(one), idOf(other)))
    .map(({ member }) => member)
}

function idOf({ member }: { readonly member: JudgedTicket }): string {
  return member.ticket.id
}

function keyOf(member: JudgedTicket, hotTables: ReadonlySet<string>): readonly number[] {
  const { locks } = member
  const blocksReaders = locks.some((lock) => isForReaders(lock.mode))
  if (!blocksReaders) return [0, lockModes.indexOf(strongestOf(locks.map((lock) => lock.mode)))]
  const isHot = locks.some(({ table, mode }) => isForReaders(mode) && hotTables.has(table))
  return [1, -slowSteps(member), isHot ? 1 : 0]
}

function compareKeys(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((each, index) => each !== other[index])
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}

/** How many of its statements take as long as a table is large; one that is known to be small takes a moment. */
export function slowSteps({ operations }: Pick<JudgedTicket, 'operations'>): number {
  return operations.filter(isSlow).length
}

const slowClasses: readonly Classified['cls'][] = ['S2', 'B1', 'B2', 'X', 'opaque']

/** It takes as long as its table is large. */
export function isSlow({ cls, isSmall }: Classified): boolean {
  return slowClasses.includes(cls) && isSmall !== true
}

function strongestOf(modes: readonly LockMode[]): LockMode {
  return modes.reduce((strongest, mode) => (isStronger(mode, strongest) ? mode : strongest), 'NONE')
}
