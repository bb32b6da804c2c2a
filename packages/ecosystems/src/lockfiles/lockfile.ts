/** A lockfile as a graph: which versions it holds, and which of them each one needs. */
export interface Lockfile {
  readonly file: string
  readonly nodes: readonly LockedNode[]
  /** Where formats of several versions are in use. */
  readonly lockfileVersion?: number
}

export const noLockfile: Lockfile = { file: '', nodes: [] }

export interface LockedNode {
  /** Unique within the lockfile. */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly integrity: string | null
  /** Ids of the nodes it needs, as the lockfile resolves them. */
  readonly needs: readonly string[]
}
