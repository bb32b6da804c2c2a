/** What was asked of a forge, for one of its repositories. */
export interface ForgeUsage {
  /** `owner/name`; null: what belongs to no repository (who we are, its other query language). */
  readonly repository: string | null
  /** Those that count against the hourly limit. */
  readonly requests: number
  /** "Not modified" counts against nothing. */
  readonly unchanged: number
  /** Of the requests, those that change something. */
  readonly writes: number
}

/** What is left of the hourly limit, as the forge said with its last answer. */
export interface LimitLeft {
  readonly requests: number
  /** When all of it is there again; milliseconds since 1970. Null: it did not say. */
  readonly resetMs: number | null
}
