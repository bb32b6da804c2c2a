import { quoteName, quoteText } from './quote.ts'
import { flagIn, textIn, textsIn, type JsValue } from './value.ts'

/** What Knex calls them, and what Postgres does. */
const plainTypes: Readonly<Record<string, string>> = {
  integer: 'integer',
  int: 'integer',
  tinyint: 'smallint',
  smallint: 'smallint',
  mediumint: 'integer',
  bigint: 'bigint',
  bigInteger: 'bigint',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  double: 'double precision',
  float: 'real',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  binary: 'bytea',
  json: 'json',
  jsonb: 'jsonb',
  uuid: 'uuid',
  point: 'point',
  geometry: 'geometry',
  geography: 'geography',
}

export interface ColumnType {
  /** In SQL, with the checks that belong to it; null when it is not known. */
  readonly type: string | null
  /** It has to be made first. */
  readonly before?: string
}

/** @returns null for what is no type of a column. */
export function typeOf(name: string, args: readonly JsValue[]): ColumnType | null {
  const [, second, third] = args
  switch (name) {
    case 'increments':
    case 'bigIncrements':
    case 'bigincrements': {
      const type = name === 'increments' ? 'serial' : 'bigserial'
      if (second !== undefined && flagIn(second, 'primaryKey') === null) return { type: null }
      return { type: flagIn(second, 'primaryKey') === false ? type : `${type} primary key` }
    }
    case 'string':
    case 'varchar':
      return { type: sized('varchar', [second], [255]) }
    case 'decimal':
    case 'numeric':
      if (second?.type === 'null') return { type: 'decimal' }
      return { type: sized('decimal', [second, third], [8, 2]) }
    case 'datetime':
    case 'timestamp':
    case 'dateTime':
      return { type: timeType(args) }
    case 'specificType':
      return { type: textIn(second) }
    case 'enum':
    case 'enu':
      return enumType(args)
    default:
      return Object.hasOwn(plainTypes, name) ? { type: plainTypes[name] ?? null } : null
  }
}

function sized(
  type: string,
  given: readonly (JsValue | undefined)[],
  fallback: readonly number[],
): string | null {
  const sizes = given.map((each, at) =>
    each === undefined ? fallback[at] : each.type === 'number' ? each.number : null,
  )
  return sizes.includes(null) ? null : `${type}(${sizes.join(', ')})`
}

function timeType([, options, third]: readonly JsValue[]): string | null {
  if (options === undefined) return 'timestamptz'
  const precision = options.type === 'object' ? options.entries.get('precision') : third
  if (precision !== undefined && precision.type !== 'number') return null
  const size = precision === undefined ? '' : `(${precision.number})`
  if (options.type === 'boolean') return `${options.isTrue ? 'timestamp' : 'timestamptz'}${size}`
  if (options.type !== 'object') return null
  const zone = options.entries.get('useTz')
  if (zone !== undefined && zone.type !== 'boolean') return null
  return `${zone?.isTrue === false ? 'timestamp' : 'timestamptz'}${size}`
}

function enumType([name, values, options]: readonly JsValue[]): ColumnType {
  const column = textIn(name)
  const texts = textsIn(values)
  const list = texts?.map(quoteText).join(', ')
  if (options === undefined) {
    const isKnown = column !== null && list !== undefined
    return { type: isKnown ? `text check (${quoteName(column)} in (${list}))` : null }
  }
  const own = options.type === 'object' ? textIn(options.entries.get('enumName')) : null
  const isElsewhere = options.type === 'object' && options.entries.has('schemaName')
  if (own === null || isElsewhere || flagIn(options, 'useNative') !== true) return { type: null }
  const type = quoteName(own)
  if (flagIn(options, 'existingType') === true) return { type }
  return list === undefined ? { type: null } : { type, before: `create type ${type} as enum (${list})` }
}
