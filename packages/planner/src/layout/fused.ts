/**
 * The layout `fused`: one migration for the turn, with all that alters a table in one statement, so that each table is locked once.
 *
 * Promise: what is written, read again, reaches the schema that the tickets reach one after another; what cannot be shown to is
 * refused. A ticket can no longer be dropped from it.
 */
import { allocateVersions } from '../identity/allocate-versions.ts'
import { identifyFile, isUndoFile } from '../identity/file-identity.ts'
import type { Operation } from '../model/operation.ts'
import { compareFiles } from '../readers/in-order.ts'
import { applyOperations } from '../schema/apply.ts'
import { schemaLines, type Schema } from '../schema/schema.ts'
import type { BatchFile, Layout, TicketFile } from './batch-file.ts'
import { renamedPath } from './file-name.ts'
import { fuseStatements, type FusedStatement, type GivenStatement } from './fuse-statements.ts'
import { refusal, type TrainInput } from './train.ts'

export interface FusedInput extends TrainInput {
  readonly base: Schema
}

export interface FusingTools {
  /** The statements of a text of SQL. */
  readonly givenStatements: (file: TicketFile) => readonly GivenStatement[]
  readonly read: (text: string) => readonly Operation[]
}

export function layOutFused(input: FusedInput, tools: FusingTools): Layout {
  const { tickets, files, major, base } = input
  const migrations = tickets.map((ticket) =>
    files.filter((file) => file.ticket === ticket && identifyFile(file.path) !== null).toSorted(compareFiles),
  )
  const given = migrations.map((own) =>
    own.flatMap((file) => (file.path.endsWith('.sql') ? tools.givenStatements(file) : [])),
  )
  const refused = tickets.flatMap((ticket, at) => {
    const own = files.filter((file) => file.ticket === ticket)
    const because = refusal(own, input.basePaths, 'fused') ?? notExact(own, given[at] ?? [])
    return because === null ? [] : [{ ticket, because }]
  })
  const [first] = migrations.flat()
  if (refused.length > 0 || first === undefined) return { files: [], refused, notes: [] }
  const fused = fuseStatements(given, { major, base })
  const problem = differenceOf(base, {
    apart: given.flat().flatMap((each) => each.operations),
    fused: fused.flatMap((each) => tools.read(each.text)),
  })
  if (problem !== null)
    return { files: [], refused: [{ ticket: tickets.join(', '), because: problem }], notes: [] }
  return { files: filesOf(fused, first, input), refused: [], notes: [] }
}

/** Why a ticket's work cannot be written in other statements than its own; null when it can. */
function notExact(files: readonly TicketFile[], statements: readonly GivenStatement[]): string | null {
  const other = files.find((file) => identifyFile(file.path) !== null && !file.path.endsWith('.sql'))
  if (other !== undefined) return `${other.path}: only SQL is fused; the layout train keeps it as it is`
  const undo = files.find((file) => isUndoFile(file.path))
  if (undo !== undefined) return `${undo.path}: what takes one ticket back cannot take back all of them`
  for (const { kind, confidence, place } of statements.flatMap((each) => each.operations)) {
    const at = `${place.file}:${place.line}`
    if (kind === 'data') return `${at}: it changes rows`
    if (kind === 'session') return `${at}: a setting of its session would hold for all`
    if (confidence !== 'exact') return `${at}: it is ${confidence}, and only what is exact is written anew`
  }
  return null
}

/** Why what is fused is not what the tickets do one after another; null when it is. */
export function differenceOf(
  base: Schema,
  { apart, fused }: { readonly apart: readonly Operation[]; readonly fused: readonly Operation[] },
): string | null {
  const [one, other] = [applyOperations(base, apart), applyOperations(base, fused)]
  if (one.outcome === 'refused') return one.problem
  if (other.outcome === 'refused') return `fused, it would not run: ${other.problem}`
  const expected = new Set(schemaLines(one.schema))
  const reached = schemaLines(other.schema)
  const extra =
    reached.find((line) => !expected.has(line)) ?? [...expected].find((line) => !reached.includes(line))
  return extra === undefined ? null : `fused, it would reach another schema: ${extra}`
}

/** One file, and one more for each statement that needs a transaction of its own. */
function filesOf(
  statements: readonly FusedStatement[],
  like: TicketFile,
  { taken, now }: FusedInput,
): readonly BatchFile[] {
  const groups: FusedStatement[][] = []
  for (const statement of statements) {
    const last = groups.at(-1)
    if (last?.[0]?.isTransactional === true && statement.isTransactional) last.push(statement)
    else groups.push([statement])
  }
  const versions = allocateVersions({ count: groups.length, taken: taken.versions, now })
  return groups.map((group, at): BatchFile => {
    const version = versions[at] ?? ''
    const path = renamedPath(like.path, { version, part: at + 1, name: 'batch' })
    const isTransactional = group.every((each) => each.isTransactional)
    return {
      ticket: null,
      path,
      text: `${group.map((each) => each.text).join('\n\n')}\n`,
      version,
      isTransactional,
      from: null,
    }
  })
}
