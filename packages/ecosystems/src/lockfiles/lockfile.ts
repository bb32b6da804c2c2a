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
  /** SRI of the published tarball, where the lockfile holds that. */
  readonly integrity: string | null
  /** Of something else than the tarball: tells that content moved, proves nothing about what was published. */
  readonly checksum?: string | null
  /** Ids of the nodes it needs, as the lockfile resolves them. */
  readonly needs: readonly string[]
}
