import type { Ecosystem } from '../ports.ts'

export interface SurveyedPackage {
  readonly ecosystem: Ecosystem
  readonly name: string
  readonly version: string
  readonly file: string
  readonly isPrivate: boolean
  /** Where its manifests publish it, when that is not the public registry; null also where nobody can tell. */
  readonly registry: string | null
  /** What says that it is published, and not only that it could be. */
  readonly signs: readonly string[]
  /** Packing builds it. */
  readonly isBuiltWhenPacked: boolean
}

export interface SurveyedNeed {
  readonly ecosystem: Ecosystem
  readonly name: string
  readonly file: string
  /** As written: a range, a path, a repository. */
  readonly reference: string
  /** It comes from somewhere else than a registry. */
  readonly isElsewhere: boolean
}
