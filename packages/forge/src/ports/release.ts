import type { CommitId } from '@conduct/core'

/** A published release of one tag. */
export interface Release {
  readonly id: number
  readonly tag: string
  readonly url: string
  readonly title: string
  readonly body: string
  readonly isPrerelease: boolean
  /** RFC 3339. */
  readonly at: string
}

export interface CreateRelease {
  /** Stands at the remote already. */
  readonly tag: string
  /** Where the tag stands: a forge that finds no tag makes one, and it must not be made elsewhere. */
  readonly commit: CommitId
  readonly title: string
  readonly body: string
  /** One line of the body that says whose it is. */
  readonly marker: string
  readonly isPrerelease: boolean
}

/** `foreign`: the tag has a release that does not carry the marker; it is left as it is. */
export interface ReleaseOutcome {
  readonly outcome: 'created' | 'found' | 'foreign'
  readonly release: Release
}

/** What is said of a release after it was made; its tag and its files stay. */
export interface AmendRelease {
  readonly id: number
  readonly title: string
  readonly body: string
  readonly isPrerelease: boolean
}
