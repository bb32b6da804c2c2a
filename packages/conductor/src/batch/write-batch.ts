import { type CommitId, ConductError, toCommitId } from '@conduct/core'
import type { BranchWriter, Chain, FileChange } from '@conduct/git'
import { type Batch, batchBranch, batchRef, type BatchTicket, trailers } from './batch.ts'

export interface WrittenBatch {
  /** `already`: it was there, and nothing was written. */
  readonly outcome: 'written' | 'already'
  readonly branch: string
  readonly commit: CommitId
  /** For each source branch the commit that removes its own copy; whoever has that branch takes it. */
  readonly offers: readonly { readonly ticket: string; readonly ref: string; readonly commit: CommitId }[]
}

/**
 * Makes the branch of a batch: one commit for each ticket, on the base, and beside it the commits that are offered. All refs are
 * made at once, or none.
 *
 * @throws ConductError BATCH_BRANCH_TAKEN  the branch stands at something else.
 */
export async function writeBatch(
  writer: BranchWriter,
  batch: Batch,
  { wallMs }: { readonly wallMs: number },
): Promise<WrittenBatch> {
  const branch = batchBranch(batch.id)
  const present = async (): Promise<WrittenBatch | null> => {
    const commit = await writer.refAt(batchRef(batch.id))
    if (commit === null) return null
    return { outcome: 'already', branch, commit: toCommitId(commit), offers: await offersOf(writer, batch) }
  }
  const before = await present()
  if (before !== null) return before
  const author = { ...(await writer.author()), wallMs }
  const removals = await Promise.all(batch.tickets.map((ticket) => removalOf(writer, ticket, batch)))
  const [commit, ...offered] = await writer.writeCommits([chainOf(batch), ...removals], author)
  if (commit === undefined) throw new Error('invariant broken: each chain has a last commit')
  const offers = batch.tickets.flatMap((ticket, at) => {
    const made = offered[at]
    return made === undefined ? [] : [{ ticket: ticket.id, ref: offerRef(batch, ticket), commit: made }]
  })
  const created = await writer.createRefs([
    { ref: batchRef(batch.id), commit },
    // What a branch that was deleted has left.
    ...offers.map((offer) => ({ ...offer, replaces: true })),
  ])
  if (created.outcome === 'created') return { outcome: 'written', branch, commit, offers }
  const since = await present()
  if (since !== null) return since
  throw new ConductError(
    'BATCH_BRANCH_TAKEN',
    `${created.ref} stands at ${created.commit.slice(0, 12)} already`,
  )
}

async function offersOf(writer: BranchWriter, batch: Batch): Promise<WrittenBatch['offers']> {
  const found = await Promise.all(
    batch.tickets.map(async (ticket) => {
      const ref = offerRef(batch, ticket)
      const commit = await writer.refAt(ref)
      return commit === null ? [] : [{ ticket: ticket.id, ref, commit: toCommitId(commit) }]
    }),
  )
  return found.flat()
}

function offerRef({ id }: Batch, ticket: BatchTicket): string {
  return `refs/conduct/_offers/${id}/${ticket.id}`
}

/** A commit per ticket, so that each can be taken back; one for all of them where their work is one. */
function chainOf({ id, base, tickets, files }: Batch): Chain {
  const members = tickets.filter((ticket) => ticket.duplicateOf === null)
  if (files.some((file) => file.ticket === null)) {
    const message = `${members.length} schema changes in one, ${id}\n\n${trailersOf(id, members)}\n`
    return { on: base, commits: [{ changes: files.map(changeOf), message }] }
  }
  const commits = members.flatMap((ticket) => {
    const own = files.filter((file) => file.ticket === ticket.id)
    if (own.length === 0) return []
    const renamed = own.flatMap(({ from, path }) =>
      from === null || from === path ? [] : [`${from}\n  as ${path}`],
    )
    const body = [...renamed, ''].join('\n')
    const message = `${ticket.id}, in ${id}\n\n${body}\n${trailersOf(id, [ticket])}\n`
    return [{ changes: own.map(changeOf), message }]
  })
  return { on: base, commits }
}

function changeOf({ path, text }: Batch['files'][number]): FileChange {
  return { path, content: text }
}

function trailersOf(id: string, tickets: readonly BatchTicket[]): string {
  return [
    `${trailers.batch}: ${id}`,
    ...tickets.flatMap((ticket) => [
      `${trailers.ticket}: ${ticket.id}`,
      `${trailers.source}: ${ticket.head}`,
    ]),
  ].join('\n')
}

/** Its migrations go, and what they have led to is as it was where the branch left the base. */
async function removalOf(writer: BranchWriter, ticket: BatchTicket, { id }: Batch): Promise<Chain> {
  const changes = await Promise.all(
    ticket.paths.map(async ({ path, isSchemaFile }): Promise<FileChange> => {
      const before = isSchemaFile && ticket.from !== null ? await writer.objectAt(ticket.from, path) : null
      return { path, content: before === null ? null : { object: before } }
    }),
  )
  const why = ticket.duplicateOf === null ? `is in ${id}` : `is in ${id}, as ${ticket.duplicateOf}`
  const message = `Remove the schema change: it ${why}\n\n${trailers.batch}: ${id}\n`
  return { on: ticket.head, commits: [{ changes, message }] }
}
