import type { CommitId } from '@conduct/core'
import { hashJson } from '@conduct/core'
import type { BatchFile } from '@conduct/planner'

/** One turn of the migration lane, ready to be written. */
export interface Batch {
  readonly id: string
  readonly base: CommitId
  /** In the order in which they run. */
  readonly tickets: readonly BatchTicket[]
  /** In the order in which they run. */
  readonly files: readonly BatchFile[]
}

export interface BatchTicket {
  readonly id: string
  readonly head: CommitId
  /** Where its branch left the base; null: they have no common past. */
  readonly from: CommitId | null
  /** What its own branch changes: migrations, what takes them back, and what they have led to. */
  readonly paths: readonly { readonly path: string; readonly isSchemaFile: boolean }[]
  /** Another ticket does the same, and does it for both. */
  readonly duplicateOf: string | null
}

/** The same batch has the same id, whoever plans it and whenever. */
export function batchId(
  base: string,
  {
    tickets,
    layout,
  }: { readonly tickets: readonly { readonly id: string; readonly head: string }[]; readonly layout: string },
): string {
  const members = tickets.map(({ id, head }) => ({ id, head })).sort((a, b) => (a.id < b.id ? -1 : 1))
  return `${batchPrefix}${hashJson({ base, layout, members }).slice(0, idLength)}`
}

/** What the ids of batches begin with, and no other task's. */
export const batchPrefix = 'batch-'
const idLength = 8

export function batchRef(id: string): string {
  return `refs/heads/${batchBranch(id)}`
}

export function batchBranch(id: string): string {
  return `conduct/${id}`
}

/** What a batch's commits say of themselves, so that it can be verified by its branch alone. */
export const trailers = {
  batch: 'Conduct-Batch',
  ticket: 'Conduct-Ticket',
  source: 'Conduct-Source',
} as const
