import type { OperationBody } from '../../model/operation.ts'
import { offsetOf, readColumnConstraints, type Located } from './alter-table.ts'
import {
  columnsNamed,
  fieldsOf,
  nameOf,
  nodesOf,
  normalText,
  relationName,
  stringsOf,
  tablesRead,
  textOf,
  type Fields,
  type Node,
} from './ast.ts'
import { readColumn } from './column.ts'
import { readConstraint } from './constraint.ts'
import { expressionText } from './expression.ts'

export function readCreateTable(fields: Fields): readonly Located[] {
  if (isTemporary(fields['relation'])) return [{ body: { kind: 'session', text: 'CREATE TEMPORARY TABLE' } }]
  const table = relationName(fields['relation'])
  const definition = restOf(fields)
  const parts = nodesOf(fields['tableElts'])
  const definitions = parts.filter((part) => part.type === 'ColumnDef')
  const constraints = parts.filter((part) => part.type === 'Constraint')
  const isPrimary = (node: Node): boolean => node.fields['contype'] === 'CONSTR_PRIMARY'
  const inColumns = definitions
    .filter((each) => nodesOf(each.fields['constraints']).some(isPrimary))
    .map((each) => textOf(each.fields['colname']))
  const likes = parts
    .filter((part) => part.type === 'TableLikeClause')
    .map((part) => relationName(part.fields['relation']))
  const [parent] = nodesOf(fields['inhRelations']).map((each) => relationName(each.fields))
  const body: OperationBody = {
    kind: 'create_table',
    table,
    columns: definitions.map((each) => readColumn(each.fields)),
    primaryKey: [
      ...inColumns,
      ...constraints.filter(isPrimary).flatMap((each) => stringsOf(each.fields['keys'])),
    ],
    ifNotExists: fields['if_not_exists'] === true,
    ...(parent === undefined ? {} : { parent }),
    ...(likes.length === 0 ? {} : { like: likes }),
    ...(definition === undefined ? {} : { definition }),
  }
  const isKey = ({ body: each }: Located): boolean =>
    each.kind === 'add_constraint' && each.constraint === 'primary_key'
  const inside = [
    ...definitions.flatMap((each) => readColumnConstraints(table, each.fields)),
    ...constraints.flatMap((each) => {
      const read = readConstraint(each.fields, { table })
      return read === null ? [] : [{ body: read, ...offsetOf(each) }]
    }),
  ]
  return [{ body }, ...inside.filter((each) => !isKey(each))]
}

/** It is gone with the session, and hides behind no name that another change means. */
function isTemporary(relation: unknown): boolean {
  return fieldsOf(relation)['relpersistence'] === 't'
}

/** What decides the table beside its columns and constraints. */
function restOf(fields: Fields): string | undefined {
  const isUnlogged = fieldsOf(fields['relation'])['relpersistence'] === 'u'
  const likes = nodesOf(fields['tableElts']).filter((part) => part.type === 'TableLikeClause')
  const said = [
    ...[
      'partspec',
      'partbound',
      'inhRelations',
      'ofTypename',
      'options',
      'accessMethod',
      'tablespacename',
    ].flatMap((key) => (fields[key] === undefined ? [] : [fields[key]])),
    ...likes.map((part) => part.fields),
    ...(isUnlogged ? ['unlogged'] : []),
  ]
  return said.length === 0 ? undefined : normalText(said)
}

export function readTableAs(fields: Fields): OperationBody {
  const into = fieldsOf(fields['into'])
  if (isTemporary(into['rel'])) return { kind: 'session', text: 'CREATE TEMPORARY TABLE' }
  const name = relationName(into['rel'])
  const reads = tablesRead(fields['query'])
  if (fields['objtype'] === 'OBJECT_MATVIEW') {
    const definition = normalText(fields['query'])
    return { kind: 'create_view', name, isMaterialized: true, isReplacing: false, reads, definition }
  }
  const ifNotExists = fields['if_not_exists'] === true
  const definition = normalText([fields['query'], into['colNames'], into['options'], into['skipData']])
  return { kind: 'create_table', table: name, columns: [], primaryKey: [], ifNotExists, reads, definition }
}

export function readIndex(fields: Fields): OperationBody {
  const name = nameOf(fields['idxname'])
  const key = nodesOf(fields['indexParams'])
  const included = nodesOf(fields['indexIncludingParams'])
  const where = fields['whereClause']
  const all = [...key, ...included]
  const said = [fields['options'], fields['nulls_not_distinct'], fields['tableSpace']]
  const options = said.some((each) => each !== undefined) ? normalText(said) : undefined
  const columns = [
    ...all.flatMap((each) => nameOf(each.fields['name']) ?? columnsNamed(each.fields['expr'])),
    ...columnsNamed(where),
  ]
  return {
    kind: 'create_index',
    table: relationName(fields['relation']),
    ...(name === undefined ? {} : { name }),
    elements: [...key.map(elementText), ...included.map((each) => `include ${elementText(each)}`)],
    columns: [...new Set(columns)],
    isUnique: fields['unique'] === true,
    method: textOf(fields['accessMethod']),
    ...(where === undefined ? {} : { where: expressionText(where) }),
    isConcurrent: fields['concurrent'] === true,
    ifNotExists: fields['if_not_exists'] === true,
    ...(options === undefined ? {} : { options }),
  }
}

function elementText({ fields }: Node): string {
  const what = nameOf(fields['name']) ?? `(${expressionText(fields['expr'])})`
  const { ordering, nulls_ordering: nulls, opclass, collation } = fields
  const isDescending = ordering === 'SORTBY_DESC'
  // Without a word, nulls are the largest.
  const more = [
    isDescending ? 'desc' : '',
    nulls === 'SORTBY_NULLS_FIRST' && !isDescending ? 'nulls first' : '',
    nulls === 'SORTBY_NULLS_LAST' && isDescending ? 'nulls last' : '',
    ...stringsOf(opclass),
    ...stringsOf(collation),
  ]
  return [what, ...more.filter((each) => each !== '')].join(' ')
}
