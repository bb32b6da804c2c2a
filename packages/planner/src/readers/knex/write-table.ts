import type { SqlEngine } from '../engine.ts'
import type { JsNode } from './node.ts'
import { quoteName, quoteText } from './quote.ts'
import type { ColumnDraft, ForeignDraft, Statement, TableDraft } from './table-draft.ts'

/** The statements that Knex makes of a table, one for each thing that changes, where it was said. */
export function* writeTable(draft: TableDraft, { engine, ...creation }: Writing): Generator<Statement> {
  yield* draft.before
  const own = draft.isNew ? draft.columns.filter((each) => !each.isConditional && each.altered === null) : []
  if (draft.isNew) yield createTable(draft, own, creation)
  for (const column of draft.columns) {
    if (!own.includes(column) && column.altered === null)
      yield {
        ...statement(column, `alter table ${draft.sql} add column ${definitionOf(column)}`),
        isTogether: true,
      }
  }
  for (const column of draft.columns) {
    const alterations = engine === 'mysql' ? modificationsOf(column) : alterationsOf(column)
    for (const text of column.altered === null ? [] : alterations)
      yield statement(column, `alter table ${draft.sql} alter column ${quoteName(column.name)} ${text}`)
    // On MySQL it is a part of the column.
    if (column.comment !== null && engine !== 'mysql')
      yield statement(
        column,
        `comment on column ${draft.sql}.${quoteName(column.name)} is ${quoteText(column.comment)}`,
      )
  }
  for (const each of draft.later) {
    const written = each()
    if (written !== null) yield written
  }
}

interface Creation {
  readonly node: JsNode
  readonly ifNotExists: boolean
}

interface Writing extends Creation {
  readonly engine: SqlEngine
}

function createTable(
  draft: TableDraft,
  own: readonly ColumnDraft[],
  { node, ifNotExists }: Creation,
): Statement {
  const parts = [...own.map(definitionOf), ...draft.keys].join(', ')
  const isSure = own.every((each) => each.confidence === 'exact')
  return {
    node,
    text: `create table ${ifNotExists ? 'if not exists ' : ''}${draft.sql} (${parts})${draft.suffix}`,
    confidence: isSure ? 'exact' : 'dynamic',
  }
}

function statement(column: ColumnDraft, text: string): Statement {
  return { node: column.node, text, confidence: column.isConditional ? 'conditional' : column.confidence }
}

function definitionOf({ name, type, nullable, default: given }: ColumnDraft): string {
  const nullability = nullable === false ? ' not null' : ''
  return `${quoteName(name)} ${type}${nullability}${given === null ? '' : ` default ${given}`}`
}

/** `.alter()` says the whole of a column anew. */
function alterationsOf({ name, type, nullable, default: given, altered }: ColumnDraft): readonly string[] {
  const isNullable = altered?.isNullable === true
  return [
    'drop default',
    ...(isNullable ? ['drop not null'] : []),
    ...(altered?.isType === true ? [`type ${type} using (${quoteName(name)}::${type})`] : []),
    ...(given === null || given === 'null' ? [] : [`set default ${given}`]),
    ...(isNullable && nullable === false ? ['set not null'] : []),
  ]
}

/** `MODIFY` says the whole of a column anew, whatever `alter()` was told; what moves it copies the table. */
function modificationsOf({ type, nullable, default: given, isPlaced }: ColumnDraft): readonly string[] {
  return [
    `type ${type}${isPlaced ? ' using (1)' : ''}`,
    `${nullable === false ? 'set' : 'drop'} not null`,
    given === null || given === 'null' ? 'drop default' : `set default ${given}`,
  ]
}

export function foreignStatement(draft: TableDraft, foreign: ForeignDraft): Statement | null {
  const { node, columns, name, references, referenced, actions, isConditional } = foreign
  if (references === null) return null
  const list = (names: readonly string[]): string => names.map(quoteName).join(', ')
  const key = quoteName(name ?? draft.nameFor(columns, 'foreign'))
  const to = `references ${quoteName(references)} (${list(referenced)})`
  const text = `alter table ${draft.sql} add constraint ${key} foreign key (${list(columns)}) ${to} ${actions.join(' ')}`
  return { node, text, confidence: isConditional ? 'conditional' : 'exact' }
}
