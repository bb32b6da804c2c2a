import type { Column, IndexShape, Operation } from '../model/operation.ts'

/** Postgres cuts a generated name at 63 bytes by shortening its parts; ours is compared only with ours. */
const nameLengthMax = 63

/** The name that the server makes up for an index or a constraint which has none. */
export function generatedName(table: string, columns: readonly string[], suffix: string): string {
  const { schema, bare } = splitName(table)
  return `${schema}${[bare, ...columns, suffix].join('_').slice(0, nameLengthMax)}`
}

/** An index lives in the schema of its table, so a name without one means that of the table. */
export function indexName(table: string, index: IndexShape): string {
  if (index.name === undefined) return generatedName(table, index.columns, 'idx')
  return index.name.includes('.') ? index.name : `${splitName(table).schema}${index.name}`
}

export function constraintName(operation: Extract<Operation, { kind: 'add_constraint' }>): string {
  if (operation.name !== undefined) return operation.name
  const bare = splitName(operation.table).bare
  switch (operation.constraint) {
    case 'primary_key':
      return `${bare}_pkey`
    case 'unique':
      return generatedName(bare, operation.columns, 'key')
    case 'check':
      return generatedName(bare, operation.columns, 'check')
    case 'exclusion':
      return generatedName(bare, operation.columns, 'excl')
    case 'not_null':
      return generatedName(bare, operation.columns, 'not_null')
    default:
      return operation.constraint satisfies never
  }
}

/** The own type behind a column, if it is none that every server has; arrays and modifiers stripped. */
export function ownTypeOf(column: Pick<Column, 'type'>): string | undefined {
  // MySQL's have their values in the column.
  if (/^(?:enum|set)\(/.test(column.type)) return undefined
  const bare = column.type
    .replace(/(\[\])+$/, '')
    .replace(/(?: (?:un)?signed| zerofill)+$/, '')
    .replace(/\(.*\)$/, '')
    .trim()
  return builtInTypes.has(bare) ? undefined : bare
}

export function splitName(name: string): { readonly schema: string; readonly bare: string } {
  const dot = name.lastIndexOf('.')
  return { schema: name.slice(0, dot + 1), bare: name.slice(dot + 1) }
}

const builtInTypes = new Set(
  `bigint bigserial bit boolean box bytea char character cidr circle date daterange datemultirange decimal double float
  inet int int4range int8range integer interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric numrange oid path point
  polygon real regclass regconfig regtype serial smallint smallserial text time timestamp timestamptz timetz tsquery tsrange tstzrange
  tsvector uuid varbit varchar xml xid bpchar string datetime binary float4 float8 int2 int4 int8 bool primary_key tinyint mediumint
  tinytext mediumtext longtext tinyblob blob mediumblob longblob
  varbinary year`.split(/\s+/),
)
