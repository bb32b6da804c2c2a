/** A repository as the client's calls want it. */
export interface Place {
  readonly owner: string
  readonly repo: string
}
