/** What a layout starts from, and what it makes: files as plain data. */

export interface TicketFile {
  readonly ticket: string
  readonly path: string
  readonly text: string
  readonly kind: 'added' | 'modified' | 'deleted'
}

export interface BatchFile {
  /** Null: the work of several, which cannot be taken apart any more. */
  readonly ticket: string | null
  readonly path: string
  readonly text: string
  /** Absent for one that runs again and again, and for one that takes another back. */
  readonly version?: string
  /** False: it holds nothing but what needs a transaction of its own, or none. */
  readonly isTransactional: boolean
  /** Where its text stands on the ticket's branch; null for one that is written anew. */
  readonly from: string | null
}

export interface Layout {
  /** In the order in which they run. */
  readonly files: readonly BatchFile[]
  /** Tickets that cannot be written, and why; with any, there is no batch. */
  readonly refused: readonly { readonly ticket: string; readonly because: string }[]
  /** What a reader of the batch should know, one sentence each. */
  readonly notes: readonly { readonly ticket: string; readonly text: string }[]
}
