import { ConductError, toCommitId } from '@conduct/core'
import { type Batch, batchId } from '@conduct/conductor'
import { listAddedPaths } from '@conduct/git'
import {
  identifyFile,
  isDefinition,
  isMigration,
  isSchemaFile,
  isUndoFile,
  type FusedInput,
  type Layout,
  layOutFused,
  layOutFusedRails,
  layOutTrain,
  loadFusingTools,
  loadLayoutTools,
  loadRailsFusingTools,
  type TicketFile,
  type Turn,
} from '@conduct/planner'
import type { CommandContext } from '../command.ts'
import type { MadePlan } from './make-plan.ts'
import { schemaFilesOf } from './schema-files.ts'
import type { SourceTicket } from './sources.ts'

export type LayoutName = 'train' | 'fused'

export interface PreparedBatch {
  readonly batch: Batch
  readonly turn: Turn
  readonly notes: Layout['notes']
}

/**
 * A turn of the plan with its files, ready to be written.
 *
 * @throws ConductError TURN_UNKNOWN, BATCH_NOT_WRITABLE  a ticket cannot be written anew; nothing was written.
 */
export async function prepareBatch(
  context: CommandContext,
  made: MadePlan,
  { turnId, layoutName }: { readonly turnId: string; readonly layoutName: LayoutName },
): Promise<PreparedBatch> {
  const { plan, sources, input, batching } = made
  const turn = plan.turns.find((each) => each.id === turnId)
  if (turn === undefined) {
    const taken =
      batching.taken.length === 0 ? '' : ` ${batching.taken.length} tickets are in a batch already.`
    throw new ConductError('TURN_UNKNOWN', `the plan has no turn ${JSON.stringify(turnId)}`, {
      hint: `It has: ${plan.turns.map((each) => each.id).join(', ') || 'none'}.${taken}`,
    })
  }
  const byId = new Map(sources.tickets.map((each) => [each.id, each]))
  const members = turn.tickets.flatMap((id) => byId.get(id) ?? [])
  const files = members.flatMap(filesOf)
  const base = sources.baseCommit
  const isWritable = base !== null && members.every((each) => each.branch !== null)
  const layout = await layOut(layoutName, {
    tickets: turn.tickets,
    files,
    taken: {
      versions: isWritable
        ? await takenVersions(context, { baseCommit: base, basePaths: sources.basePaths })
        : [],
      classNames: sources.files.flatMap((each) => (each.ticket === null ? (each.className ?? []) : [])),
    },
    basePaths: sources.basePaths,
    base: sources.base,
    now: input.now,
    major: input.policy.major,
  })
  const refused = [
    ...members
      .filter((each) => each.branch === null)
      .map(({ id }) => ({ ticket: id, because: 'it is no branch' })),
    ...(layoutName === 'fused' ? members.flatMap(notFused) : []),
    ...layout.refused,
    ...unproved(turn),
    ...comesAfter(turn, made),
  ]
  if (refused.length > 0 || base === null) {
    throw new ConductError('BATCH_NOT_WRITABLE', `${turn.id} cannot be written`, {
      hint: refused.map(({ ticket, because }) => `${ticket}: ${because}`).join('; '),
      details: { refused },
    })
  }
  const duplicates = plan.dropped.flatMap(({ ticket, duplicateOf }) => {
    const source = byId.get(ticket)
    return source === undefined || !turn.tickets.includes(duplicateOf) ? [] : [{ source, duplicateOf }]
  })
  const tickets = [
    ...members.map((source) => ({ source, duplicateOf: null })),
    ...duplicates.filter(({ source }) => source.branch !== null),
  ].map(({ source, duplicateOf }) => ticketOf(source, duplicateOf))
  const commit = toCommitId(base)
  const schema =
    layoutName === 'train'
      ? await schemaFilesOf(context, { members, base: commit, layout })
      : { files: [], notes: [] }
  return {
    turn,
    notes: [...layout.notes, ...schema.notes],
    batch: {
      id: batchId(commit, { tickets, layout: layoutName }),
      base: commit,
      tickets,
      files: [...layout.files, ...schema.files],
    },
  }
}

async function layOut(name: LayoutName, input: FusedInput): Promise<Layout> {
  const isRails = input.files.some((each) => each.path.endsWith('.rb'))
  if (name === 'fused' && isRails) return layOutFusedRails(input, await loadRailsFusingTools())
  if (name === 'fused') return layOutFused(input, await loadFusingTools())
  return layOutTrain(input, await loadLayoutTools(input.files.map((each) => each.path)))
}

function filesOf({ id, changes }: SourceTicket): readonly TicketFile[] {
  return changes.filter((each) => !isSchemaFile(each.path)).map((each) => ({ ...each, ticket: id }))
}

/** A table that MySQL alters in one statement loses what it does in a moment, when one part of it takes longer. */
function notFused({ id, operations }: SourceTicket): Layout['refused'] {
  const isMysql = operations.some((each) => each.engine === 'mysql')
  return isMysql
    ? [{ ticket: id, because: 'MySQL’s SQL is not fused; the layout train keeps it as it is' }]
    : []
}

/** What stands on another batch's work, or against it, is written when that has been merged. */
function comesAfter({ tickets }: Turn, { blocked, batching }: MadePlan): Layout['refused'] {
  return blocked.flatMap(({ a, b, relation }) => {
    const [own, other] = tickets.includes(a) ? [a, b] : [b, a]
    const held = batching.taken.find((each) => each.ticket === other)
    const batch = held === undefined ? 'another batch' : `${held.batch}, taken by ${held.by}`
    return tickets.includes(own)
      ? [{ ticket: own, because: `${other} is in ${batch} (${relation}): write it when that is merged` }]
      : []
  })
}

/** A turn whose orders reach different schemas is shown, never written. */
function unproved({ proof, tickets }: Turn): Layout['refused'] {
  if (proof.outcome === 'same') return []
  const because =
    proof.outcome === 'refused' ? proof.problem : 'the schema that is reached depends on the order'
  return [{ ticket: proof.outcome === 'refused' ? proof.ticket : tickets.join(', '), because }]
}

function ticketOf(source: SourceTicket, duplicateOf: string | null): Batch['tickets'][number] {
  const { id, branch, changes } = source
  return {
    id,
    head: toCommitId(branch?.head ?? ''),
    from: branch?.from === undefined || branch.from === null ? null : toCommitId(branch.from),
    paths: changes
      .filter(({ path, kind }) => kind === 'added' || isSchemaFile(path))
      .filter(({ path }) => isMigration(path) || isUndoFile(path) || isSchemaFile(path) || isDefinition(path))
      .map(({ path }) => ({ path, isSchemaFile: isSchemaFile(path) })),
    duplicateOf,
  }
}

/** Of base and of every open branch, those that nobody asked to plan among them. */
async function takenVersions(
  { cwd, signal }: CommandContext,
  { baseCommit, basePaths }: { readonly baseCommit: string; readonly basePaths: readonly string[] },
): Promise<readonly string[]> {
  const added = await listAddedPaths({ cwd, signal, base: baseCommit })
  return [...basePaths, ...added].flatMap((path) => identifyFile(path)?.version ?? [])
}
