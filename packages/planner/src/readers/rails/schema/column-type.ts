import type { RailsAdapter } from './setting.ts'

export interface TypeOptions {
  readonly limit?: number | null
  /** Undefined where none was given, null where `precision: nil` was. */
  readonly precision?: number | null
  readonly scale?: number | null
  readonly isArray?: boolean
  readonly isUnsigned?: boolean
  readonly size?: string | null
  /** What `limit` is for a string on Postgres when none was given. */
  readonly stringLimit: number | null
  /** What `precision` is for a time when none was given. */
  readonly datetimePrecision: number | null
}

/** Every helper of Rails that makes a column of a type; what has a different name in the engine is in the tables below. */
const columnTypes = new Set(
  `string text integer bigint float decimal numeric datetime timestamp timestamptz time date binary blob boolean json jsonb
  uuid inet cidr macaddr macaddr8 hstore citext ltree xml point line lseg box path polygon circle bit bit_varying money interval tsvector
  tsquery int4range int8range numrange tsrange tstzrange daterange oid serial bigserial tinyint smallint mediumint
  tinytext mediumtext longtext tinyblob mediumblob longblob unsigned_integer unsigned_bigint unsigned_float unsigned_decimal
  geometry geography st_point st_polygon line_string multi_point multi_polygon multi_line_string geometry_collection spatial
  vector halfvec sparsevec`.split(/\s+/),
)

export function isColumnType(name: string): boolean {
  return columnTypes.has(name)
}

/** What people write who know the engine's other names. */
const otherNames: Readonly<Record<string, string>> = { bool: 'boolean', int: 'integer', varchar: 'string' }

/** The type as the engine names it, with its modifiers. */
export function engineType(named: string, options: TypeOptions, adapter: RailsAdapter): string {
  const type = otherNames[named] ?? named
  if (adapter === 'mysql') return mysqlType(type, options)
  if (adapter === 'sqlite') return `${sqliteNames[type] ?? type}${modifiers(type, options)}`
  return `${postgresType(type, options)}${options.isArray === true ? '[]' : ''}`
}

const timeTypes = new Set(['datetime', 'timestamp', 'timestamptz', 'time'])

function modifiers(type: string, options: TypeOptions): string {
  const { limit, precision, scale } = options
  if (timeTypes.has(type)) {
    const given = precision === undefined && type === 'datetime' ? options.datetimePrecision : precision
    return given == null ? '' : `(${given})`
  }
  if (type === 'decimal' || type === 'numeric') {
    return precision == null ? '' : scale == null ? `(${precision})` : `(${precision},${scale})`
  }
  return limit == null ? '' : `(${limit})`
}

const sqliteNames: Readonly<Record<string, string>> = {
  string: 'varchar',
  numeric: 'decimal',
  timestamp: 'datetime',
  binary: 'blob',
}

const postgresNames: Readonly<Record<string, string>> = {
  string: 'varchar',
  decimal: 'numeric',
  datetime: 'timestamp',
  float: 'float8',
  binary: 'bytea',
  blob: 'bytea',
  bit_varying: 'varbit',
  tinyint: 'smallint',
  mediumint: 'integer',
}

const withoutLimit = new Set(['float', 'text', 'binary', 'blob', 'boolean', 'date', 'json', 'jsonb', 'uuid'])

function postgresType(type: string, options: TypeOptions): string {
  if (type === 'integer') return integerType(options.limit ?? 4)
  if (type === 'bigint' && options.limit != null) return integerType(options.limit)
  if (type === 'string' && options.limit == null && options.stringLimit !== null)
    return `varchar(${options.stringLimit})`
  const name = postgresNames[type] ?? type
  return withoutLimit.has(type) ? name : `${name}${modifiers(type, options)}`
}

function integerType(bytes: number): string {
  return bytes <= 2 ? 'smallint' : bytes <= 4 ? 'integer' : 'bigint'
}

function mysqlType(type: string, options: TypeOptions): string {
  const [isUnsigned, bare] = type.startsWith('unsigned_')
    ? [true, type.slice(9)]
    : [options.isUnsigned === true, type]
  const suffix = isUnsigned ? ' unsigned' : ''
  switch (bare) {
    case 'string':
      return `varchar(${options.limit ?? 255})`
    case 'boolean':
      return 'tinyint(1)'
    case 'integer': {
      const bytes = options.limit ?? 4
      return `${bytes === 1 ? 'tinyint' : bytes === 2 ? 'smallint' : bytes === 3 ? 'mediumint' : bytes <= 4 ? 'int' : 'bigint'}${suffix}`
    }
    case 'text':
    case 'binary':
    case 'blob':
      return `${sized(options)}${bare === 'text' ? 'text' : 'blob'}`
    case 'float':
      // As many bits as a float has, or a double.
      return `${options.limit != null && options.limit > 24 ? 'double' : 'float'}${suffix}`
    case 'timestamp':
    case 'datetime':
    case 'decimal':
    case 'numeric':
      return `${bare === 'numeric' ? 'decimal' : bare}${modifiers(bare, options)}${suffix}`
    default:
      return `${bare}${modifiers(bare, options)}${suffix}`
  }
}

function sized({ size, limit }: TypeOptions): string {
  if (size != null) return size
  if (limit == null) return ''
  return limit <= 255 ? 'tiny' : limit <= 65_535 ? '' : limit <= 16_777_215 ? 'medium' : 'long'
}
