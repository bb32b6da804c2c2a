/**
 * What MySQL does with an operation on a table that exists already, by its manual. In doubt the row with the worse consequences; what
 * no row tells is classed by what it does, and what is not known at all is `opaque`.
 */
import type { FactClass } from '../facts/fact.ts'
import { lookUpMysqlFact, type MysqlFact, type MysqlFactKey } from '../facts/mysql-facts.ts'
import type { Of } from '../footprint/touches.ts'
import type { Column, Operation } from '../model/operation.ts'
import type { Known } from './fact-key.ts'

export interface MysqlClass {
  readonly key: MysqlFactKey | null
  readonly fact: MysqlFact | undefined
  readonly cls: FactClass | null
}

/** @param together what the same statement does beside it. */
export function classifyMysql(
  operation: Operation,
  { known, together }: { readonly known: Known; readonly together: readonly Operation[] },
): MysqlClass {
  const key = mysqlKeyOf(operation, known)
  const fact = key === null ? undefined : lookUpMysqlFact(key)
  if (fact === undefined) return { key: null, fact, cls: unlisted.get(operation.kind) ?? null }
  return { key, fact, cls: inItsStatement(operation, fact, { known, together }) }
}

function inItsStatement(
  { kind, manner }: Operation,
  fact: MysqlFact,
  { known, together }: { readonly known: Known; readonly together: readonly Operation[] },
): FactClass {
  if (kind === 'create_table' || kind === 'drop_table') return fact.cls
  if (manner?.algorithm === 'copy') return 'B2'
  // What is done in a moment by itself is done the slow way when one other thing in its statement is.
  const isSlowed = (each: Operation): boolean => {
    const key = mysqlKeyOf(each, known)
    return key === null || lookUpMysqlFact(key)?.isInstant !== true
  }
  const rewritesUnlessInstant = kind === 'add_column' || kind === 'drop_column'
  const isLost =
    manner?.algorithm === 'inplace' || (manner?.algorithm !== 'instant' && together.some(isSlowed))
  if (fact.isInstant && rewritesUnlessInstant && isLost) return 'B2'
  const blocksWriters = manner?.lock === 'shared' || manner?.lock === 'exclusive'
  return blocksWriters && fact.cls !== 'B2' && fact.cls !== 'D' ? 'B1' : fact.cls
}

/** What the manual’s tables do not list, by what it takes away. */
const unlisted: ReadonlyMap<Operation['kind'], FactClass> = new Map<Operation['kind'], FactClass>([
  ['create_view', 'S1b'],
  ['drop_view', 'D'],
])

function mysqlKeyOf(operation: Operation, known: Known): MysqlFactKey | null {
  switch (operation.kind) {
    case 'create_table':
    case 'drop_table':
    case 'rename_table':
    case 'drop_column':
    case 'rename_column':
    case 'drop_index':
    case 'rename_index':
      return operation.kind
    case 'add_column':
      return operation.manner?.isPlaced === true && addedKey(operation.column) === 'add_column_last'
        ? 'add_column_first_or_after'
        : addedKey(operation.column)
    case 'change_type':
      return typeKey(operation, known)
    case 'set_nullable':
      // `MODIFY` says it anew, changed or not.
      if (known.isNullable?.(operation.table, operation.column) === operation.nullable) return 'set_default'
      return operation.nullable ? 'set_null' : 'set_not_null'
    case 'set_default':
      return operation.default === null ? 'drop_default' : 'set_default'
    case 'create_index':
      if (operation.method === 'fulltext') return 'add_fulltext'
      if (operation.method === 'spatial') return 'add_spatial'
      return operation.isUnique ? 'create_unique_index' : 'create_index'
    case 'add_constraint':
      if (operation.constraint === 'primary_key') return 'add_primary_key'
      return operation.constraint === 'check' ? 'add_check' : null
    case 'add_foreign_key':
      return 'add_fk'
    case 'drop_constraint':
      if (operation.constraint === 'foreign_key') return 'drop_fk'
      // Of an unknown constraint the worst.
      return operation.constraint === 'check' ? null : 'drop_primary_key'
    case 'alter_table':
      if (operation.value.startsWith('auto_increment')) return 'set_auto_increment'
      return operation.value.startsWith('convert') ? 'convert_charset' : null
    case 'add_enum_value':
    case 'alter_column':
    case 'alter_constraint':
    case 'alter_sequence':
    case 'create_enum':
    case 'create_extension':
    case 'create_function':
    case 'create_schema':
    case 'create_sequence':
    case 'create_trigger':
    case 'create_view':
    case 'data':
    case 'drop_extension':
    case 'drop_function':
    case 'drop_schema':
    case 'drop_sequence':
    case 'drop_trigger':
    case 'drop_type':
    case 'drop_view':
    case 'opaque':
    case 'reindex':
    case 'rename_constraint':
    case 'rename_enum_value':
    case 'session':
    case 'validate_constraint':
      return null
    default:
      return operation satisfies never
  }
}

function addedKey(column: Column): MysqlFactKey {
  if (column.generated === 'stored') return 'add_stored_generated'
  if (column.generated === 'virtual') return 'add_virtual_generated'
  if (column.generated === 'identity') return 'add_column_auto_increment'
  const volatility = column.default?.volatility
  return volatility === 'unknown' || volatility === 'volatile'
    ? 'add_column_expression_default'
    : 'add_column_last'
}

/** A text of at most so many characters takes one byte for its length, whatever its characters take. */
const shortTextMax = 63
/** And one of at least so many takes two. */
const longTextMin = 256
/** Members of an enum that one byte can count. */
const enumMax = 255

function typeKey(change: Of<'change_type'>, known: Known): MysqlFactKey {
  const before = known.typeOf(change.table, change.column)
  if (change.manner?.isPlaced === true) return 'reorder_columns'
  if (before === undefined || change.using !== undefined || change.collation !== undefined)
    return 'change_type'
  if (before === change.type) return 'set_default'
  const [was, is] = [before, change.type].map((type) => Number(/^varchar\((\d+)\)$/.exec(type)?.[1] ?? 'NaN'))
  if (was !== undefined && is !== undefined && is >= was && (is <= shortTextMax || was >= longTextMin))
    return 'extend_varchar'
  const isAppended = before.startsWith('enum(') && change.type.startsWith(`${before.slice(0, -1)},`)
  return isAppended && change.type.split(',').length <= enumMax ? 'enum_append' : 'change_type'
}
