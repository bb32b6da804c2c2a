import type { Column, Confidence, DefaultValue, OperationBody } from '../../../model/operation.ts'
import type { Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import { nameIn } from '../ruby/value.ts'
import { engineType, isColumnType } from './column-type.ts'
import { defaultOf, unknownDefault } from './default-value.ts'
import type { RailsSetting } from './setting.ts'
import { flagIn, hasUnknown, numberIn, type Options } from './given.ts'

export interface ReadColumn {
  readonly column: Column
  readonly comment?: string
  readonly confidence: Confidence
}

/** What is said of a column beside its type. */
const known = new Set(
  `limit precision scale array unsigned size null default comment collation after first if_not_exists index foreign_key polymorphic type as
  stored virtual enum_type primary_key auto_increment charset default_function unique using cast_as srid geographic has_z has_m
  _uses_legacy_reference_index_name _skip_validate_options options`.split(/\s+/),
)

export function readColumn(
  machine: Machine,
  node: RubyNode,
  given: {
    readonly name: string
    readonly type: string
    readonly options: Options
    readonly areOptionsKnown?: boolean
  },
): ReadColumn {
  const { name, options } = given
  const { adapter } = machine.setting
  const isVirtual = given.type === 'virtual'
  const declared = isVirtual ? (nameIn(options.get('type')) ?? '?') : given.type
  const named = declared === 'enum' ? (nameIn(options.get('enum_type')) ?? '?') : declared
  const type = typeWith(machine, named, options)
  const fallback = defaultOf(machine, options.get('default'), { type, node })
  const nullable = flagIn(options, 'null')
  const expression = options.get('as')
  const isOpen =
    given.areOptionsKnown === false ||
    hasUnknown(options) ||
    [...options.keys()].some((key) => !known.has(key))
  const more = [
    nameIn(options.get('collation')),
    expression === undefined ? null : generatedText(machine, nameIn(expression)),
  ].filter((each) => each !== null)
  const isSerial = adapter === 'postgresql' && type.endsWith('serial')
  const column: Column = {
    name,
    type,
    nullable:
      !isSerial &&
      flagIn(options, 'primary_key') !== true &&
      (options.has('null') ? nullable !== false : true),
    ...defaultPart(fallback),
    ...(expression === undefined
      ? {}
      : { generated: flagIn(options, 'stored') === true ? 'stored' : 'virtual' }),
    ...(more.length === 0 ? {} : { more: more.join(' ') }),
  }
  const comment = nameIn(options.get('comment'))
  const isUnsure = isOpen || fallback === unknownDefault || type.includes('?')
  return { column, confidence: isUnsure ? 'dynamic' : 'exact', ...(comment === null ? {} : { comment }) }
}

function defaultPart(given: DefaultValue | null): Pick<Column, 'default'> {
  return given === null ? {} : { default: given }
}

export function typeWith({ setting }: Machine, type: string, options: Options): string {
  const { adapter, rules } = setting
  if (adapter === 'postgresql' && !isColumnType(type) && !/^[a-z_]+$/.test(type))
    return writtenType(setting, type)
  const precision = options.get('precision')
  return engineType(
    type,
    {
      limit: numberIn(options, 'limit'),
      ...(precision === undefined ? {} : { precision: numberIn(options, 'precision') }),
      scale: numberIn(options, 'scale'),
      isArray: flagIn(options, 'array') === true,
      isUnsigned: flagIn(options, 'unsigned') === true,
      size: nameIn(options.get('size')),
      stringLimit: rules.stringLimit,
      datetimePrecision: rules.datetimePrecision,
    },
    adapter,
  )
}

export function commentOn(table: string, column: string, value: string): OperationBody {
  return { kind: 'alter_column', table, column, aspect: 'comment', value }
}

/** A type in the engine's own words is read as they are. */
function writtenType({ sql }: RailsSetting, type: string): string {
  const [read] = sql({ file: '', text: `ALTER TABLE t ADD COLUMN c ${type}` }).operations
  return read?.kind === 'add_column' ? read.column.type : type
}

/** As the reader of SQL gives it, so that what the server writes back is the same. */
function generatedText({ setting }: Machine, expression: string | null): string | null {
  if (expression === null) return null
  // MySQL quotes names in its own way, and writes back what is an expression of Postgres, too; what is none stays as it is.
  const quoted = setting.adapter === 'mysql' ? expression.replaceAll('`', '"') : expression
  const text = `ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (${quoted}) STORED`
  const [read] = setting.sql({ file: '', text }).operations
  return read?.kind === 'add_column' ? (read.column.more ?? expression) : expression
}
