/** Who acts: `surface:name`, as in `cli:ana@host#folder`, `action:RUN:ATTEMPT`, `agent:carl-3`. */
export interface Identity {
  /** The whole text, `surface:name`. */
  readonly holder: string
  /** The key of `people` this name stands for, or null when nobody of that name is declared. */
  readonly person: string | null
}
