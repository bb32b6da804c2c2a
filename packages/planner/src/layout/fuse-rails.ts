/**
 * The layout `fused` for Rails: the columns that several tickets add, in one migration with `change_table bulk: true`, so that each
 * table is locked once. A ticket with any other work keeps its own files, before it.
 */
import { allocateVersions } from '../identity/allocate-versions.ts'
import { identifyFile } from '../identity/file-identity.ts'
import type { Column, Operation } from '../model/operation.ts'
import type { BatchFile, Layout, TicketFile } from './batch-file.ts'
import { renamedPath } from './file-name.ts'
import { differenceOf, type FusedInput } from './fused.ts'
import type { LayoutTools } from './load-layout-tools.ts'
import { layOutTrain, refusal } from './train.ts'

export interface RailsFusingTools {
  readonly read: (file: string, text: string) => readonly Operation[]
  /** `ActiveRecord::Migration[6.1]`, as it is written; null where it is not plain. */
  readonly superclassOf: (text: string) => string | null
  readonly train: LayoutTools
}

type AddColumn = Extract<Operation, { kind: 'add_column' }>

export function layOutFusedRails(input: FusedInput, tools: RailsFusingTools): Layout {
  const { tickets, files, base, taken, now } = input
  const none = (ticket: string, because: string): Layout => ({
    files: [],
    refused: [{ ticket, because }],
    notes: [],
  })
  const read = tickets.map((ticket) => {
    const own = files.filter((file) => file.ticket === ticket && identifyFile(file.path) !== null)
    return { ticket, own, operations: own.flatMap((file) => tools.read(file.path, file.text)) }
  })
  for (const { ticket, own } of read) {
    const because = refusal(own, input.basePaths, 'fused')
    if (because !== null) return none(ticket, because)
  }
  const judged = read.map((each) => ({ ...each, columns: fusible(each.operations) }))
  const fused = judged.flatMap(({ columns, ...each }) => (columns === null ? [] : [{ ...each, columns }]))
  const rest = judged.filter((each) => each.columns === null)
  const tables = Map.groupBy(
    fused.flatMap((each) => each.columns),
    (each) => each.table,
  )
  const isShared = [...tables.keys()].some(
    (table) => fused.filter((each) => each.columns.some((column) => column.table === table)).length > 1,
  )
  const superclasses = new Set(fused.flatMap((each) => each.own.map((file) => tools.superclassOf(file.text))))
  const [superclass = null] = superclasses
  const first = fused[0]?.own[0]
  if (first === undefined || !isShared) {
    return none(tickets.join(', '), 'no table gets columns of two of them: there is nothing to fuse')
  }
  if (superclass === null || superclasses.size > 1) {
    return none(
      fused.map((each) => each.ticket).join(', '),
      'they are written for different versions of Rails',
    )
  }
  const kept = layOutTrain({ ...input, tickets: rest.map((each) => each.ticket) }, tools.train)
  const versions = [...taken.versions, ...kept.files.flatMap((file) => file.version ?? [])]
  const [version = ''] = allocateVersions({ count: 1, taken: versions, now })
  const file = fusedFile(first, { tables, superclass, version, taken: taken.classNames })
  const problem = differenceOf(base, {
    apart: read.flatMap((each) => each.operations),
    fused: [...rest.flatMap((each) => each.operations), ...tools.read(file.path, file.text)],
  })
  if (problem !== null) return none(fused.map((each) => each.ticket).join(', '), problem)
  const notes = rest.map(({ ticket }) => ({
    ticket,
    text: 'it does more than add columns, and keeps its own files',
  }))
  // What is mild comes first: whoever adds a column locks against everybody.
  const all = [...kept.files.map((each) => ({ ...each, ticket: null })), file]
  return { files: all, refused: [], notes: [...kept.notes, ...notes] }
}

/** Its columns, where it does nothing but add plain ones; null where it does anything else. */
function fusible(operations: readonly Operation[]): readonly AddColumn[] | null {
  const columns = operations.flatMap((each) => {
    const isPlain =
      each.kind === 'add_column' &&
      each.confidence === 'exact' &&
      !each.ifNotExists &&
      each.column.generated === undefined &&
      each.column.more === undefined &&
      (each.column.default === undefined || isLiteral(each.column.default.text))
    return isPlain ? [each] : []
  })
  return columns.length === 0 || columns.length < operations.length ? null : columns
}

function isLiteral(text: string): boolean {
  return /^(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)$/.test(text)
}

function fusedFile(
  like: TicketFile,
  {
    tables,
    superclass,
    version,
    taken,
  }: {
    readonly tables: ReadonlyMap<string, readonly AddColumn[]>
    readonly superclass: string
    readonly version: string
    readonly taken: readonly string[]
  },
): BatchFile {
  const number = taken.filter((name) => /^FusedBatch\d*$/.test(name)).length + 1
  const [className, name] =
    number === 1 ? ['FusedBatch', 'fused_batch'] : [`FusedBatch${number}`, `fused_batch${number}`]
  const body = [...tables].map(([table, columns]) => {
    const lines = columns.map(({ column }) => `      ${columnLine(column)}\n`)
    return `    change_table ${rubyText(table)}, bulk: true do |t|\n${lines.join('')}    end\n`
  })
  const text = `class ${className} < ${superclass}\n  def change\n${body.join('')}  end\nend\n`
  const path = renamedPath(like.path, { version, part: 1, name })
  return { ticket: null, path, text, version, isTransactional: true, from: null }
}

function columnLine(column: Column): string {
  // Rails has a precision of its own for the bare word.
  const type = column.type === 'timestamp' ? 'timestamp without time zone' : column.type
  const parts = [`t.column ${rubyText(column.name)}`, rubyText(type)]
  if (column.default !== undefined) parts.push(`default: -> { ${rubyText(column.default.text)} }`)
  if (!column.nullable) parts.push('null: false')
  return parts.join(', ')
}

function rubyText(text: string): string {
  return JSON.stringify(text).replaceAll('#', '\\#')
}
