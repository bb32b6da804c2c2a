/** An issue as a work item: what it is labelled with, and whether and how it was closed. */
export interface WorkItem {
  readonly number: number
  readonly url: string
  readonly title: string
  readonly labels: readonly string[]
  /** `dropped`: closed as not planned, or as a duplicate. */
  readonly state: 'open' | 'completed' | 'dropped'
  /** RFC 3339. */
  readonly at: string
  readonly author: string | null
}

/** All of what is written, in one request: the forge compares nothing. */
export interface WriteWorkItem {
  readonly number: number
  readonly labels: readonly string[]
  readonly state: WorkItem['state']
}
