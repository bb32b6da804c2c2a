/** A lock mode of Postgres, weakest first; the last is MySQL’s, on the metadata of a table. */
export const lockModes = [
  'NONE',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
  'METADATA EXCLUSIVE',
] as const

export type LockMode = (typeof lockModes)[number]

/**
 * S0 new objects only · S1 brief lock, additive · S1b brief lock, changes behaviour · S2 online but its own step ·
 * B1 blocks writes while it scans or builds · B2 rewrites · D contract · X data.
 */
export type FactClass = 'S0' | 'S1' | 'S1b' | 'S2' | 'B1' | 'B2' | 'D' | 'X'

export interface Fact {
  readonly key: string
  /** Majors, both included. */
  readonly since: number
  readonly until: number
  readonly strongest: LockMode
  /**
   * `subject` is what the statement names first, `table` the table of an index, `referenced` the other end of a foreign key; `index`
   * only where it is locked harder than its table.
   */
  readonly locks: readonly {
    readonly on: 'subject' | 'table' | 'referenced' | 'related' | 'index'
    readonly mode: LockMode
  }[]
  readonly rewrites: boolean
  /** What it reads through; `no` when it reads nothing. */
  readonly scan: string
  readonly blocksReads: boolean
  readonly blocksWrites: boolean
  /** `value_unusable`: it may run in a transaction, and what it adds can be used only after the commit. */
  readonly transactional: 'yes' | 'no' | 'value_unusable'
  readonly cls: FactClass
  readonly note: string
}

export function isStronger(one: LockMode, other: LockMode): boolean {
  return lockModes.indexOf(one) > lockModes.indexOf(other)
}

/** Whether whoever reads the table waits for it, too. */
export function isForReaders(mode: LockMode): boolean {
  return mode === 'ACCESS EXCLUSIVE' || mode === 'METADATA EXCLUSIVE'
}
