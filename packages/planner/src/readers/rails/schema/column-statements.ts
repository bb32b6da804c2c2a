import type { OperationBody } from '../../../model/operation.ts'
import type { Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import { flagIn, hasUnknown, optionsIn, type Given, type Options } from './given.ts'
import { array, boolean, nameIn, nil, text, truthOf, type Value } from '../ruby/value.ts'
import { unknownKeyType } from '../key-types.ts'
import { readColumn, typeWith, type ReadColumn } from './column.ts'
import { addForeignKey } from './constraint-statements.ts'
import { defaultOf } from './default-value.ts'
import { addIndex } from './index-statements.ts'
import { pluralize } from './inflector.ts'
import { primaryKeyType } from './primary-key-type.ts'
import type { TableSink } from './table-sink.ts'

export interface Statement {
  readonly machine: Machine
  readonly sink: TableSink
  readonly given: Given
  readonly node: RubyNode
}

/** Columns of one type, one for each name that is given. */
export function addColumns(statement: Statement, type: string, names: readonly Value[]): void {
  const { machine, sink, given, node } = statement
  const { options, areOptionsKnown } = given
  for (const each of names) {
    const name = nameIn(each)
    if (name === null) {
      sink.opaque(node, 'a column whose name is not known')
      continue
    }
    const ifNotExists = flagIn(options, 'if_not_exists') === true
    const own = type === 'primary_key' ? primaryKeyType(machine) : type
    const read = readColumn(machine, node, { name, type: own, options, areOptionsKnown })
    const column = type === 'primary_key' ? { ...read.column, nullable: false } : read.column
    sink.addColumn({ ...read, column }, node, ifNotExists)
    if (type === 'primary_key' || flagIn(options, 'primary_key') === true) {
      sink.primaryKey.push(name)
      if (!sink.isNew) sink.emit(primaryKeyOn(sink.table, name), node)
    }
    indexOf(statement, array([text(name)]), options.get('index') ?? nil)
  }
}

function primaryKeyOn(table: string, column: string): OperationBody {
  const name = `${table.split('.').at(-1) ?? table}_pkey`
  return {
    kind: 'add_constraint',
    table,
    constraint: 'primary_key',
    name,
    columns: [column],
    isValidated: true,
  }
}

/** `index: true` and `index: {…}` beside a column. */
function indexOf(
  { machine, sink, node }: Statement,
  columns: Value,
  index: Value,
  more: Options = new Map(),
): void {
  const truth = truthOf(index)
  if (truth === false || !machine.setting.rules.isColumnIndexKnown) return
  if (truth === null) return sink.opaque(node, 'an index that may or may not be there')
  const { options, areOptionsKnown } = optionsIn(index.type === 'hash' ? index : undefined)
  addIndex(machine, sink, { columns, options: new Map([...more, ...options]), areOptionsKnown, node })
}

export function addReferences(statement: Statement, names: readonly Value[]): void {
  const { machine, sink, given, node } = statement
  const { rules } = machine.setting
  for (const each of names) {
    const name = nameIn(each)
    if (name === null) {
      sink.opaque(node, 'a reference whose name is not known')
      continue
    }
    const { options } = given
    const index = options.get('index') ?? boolean(rules.areReferencesIndexed)
    const polymorphic = options.get('polymorphic') ?? nil
    const isPolymorphic = truthOf(polymorphic) !== false
    const type = nameIn(options.get('type')) ?? rules.idType
    const isTypeKnown = !options.has('type') || nameIn(options.get('type')) !== null
    const column = `${name}_id`
    const own = without(options, ['index', 'foreign_key', 'polymorphic', 'type'])
    const { areOptionsKnown } = given
    const ifNotExists = flagIn(options, 'if_not_exists') === true
    if (isPolymorphic) {
      const inherited = [...options].filter(([key]) => ['null', 'first', 'after'].includes(key))
      const typeOptions: Options = new Map([...optionsIn(polymorphic).options, ...inherited])
      sink.addColumn(
        readColumn(machine, node, {
          name: `${name}_type`,
          type: 'string',
          options: typeOptions,
          areOptionsKnown,
        }),
        node,
        ifNotExists,
      )
    }
    const read = readColumn(machine, node, { name: column, type, options: own, areOptionsKnown })
    const unsure: ReadColumn = {
      ...read,
      column: { ...read.column, type: `${read.column.type}${unknownKeyType}` },
      confidence: 'dynamic',
    }
    sink.addColumn(isTypeKnown ? read : unsure, node, ifNotExists)
    const indexed = isPolymorphic ? [`${name}_type`, column] : [column]
    const short: Options =
      isPolymorphic && rules.isPolymorphicIndexShort
        ? new Map([['name', text(`index_${sink.table}_on_${name}`)]])
        : new Map()
    const guarded: Options = ifNotExists ? new Map([...short, ['if_not_exists', boolean(true)]]) : short
    indexOf(statement, array(indexed.map((one) => text(one))), index, guarded)
    referenceOf(statement, name, column)
  }
}

function referenceOf({ sink, given, node }: Statement, name: string, column: string): void {
  const key = given.options.get('foreign_key') ?? nil
  const truth = truthOf(key)
  if (truth === false) return
  if (truth === null) return sink.opaque(node, 'a foreign key that may or may not be there')
  const { options, areOptionsKnown } = optionsIn(key.type === 'hash' ? key : undefined)
  const references = options.has('to_table') ? nameIn(options.get('to_table')) : pluralize(name)
  const own = new Map([['column', text(column)], ...without(options, ['to_table'])] as [string, Value][])
  addForeignKey(sink, { references, options: own, node, areOptionsKnown })
}

function without(options: Options, keys: readonly string[]): Options {
  return new Map([...options].filter(([key]) => !keys.includes(key)))
}

export function addTimestamps({ machine, sink, given, node }: Statement): void {
  const { rules } = machine.setting
  const { areOptionsKnown } = given
  const options = new Map(given.options)
  if (!options.has('null'))
    options.set('null', boolean(sink.isNew ? rules.areTimestampsNullable : rules.areAddedTimestampsNullable))
  if (!options.has('precision')) {
    const precision = rules.timestampsPrecision
    options.set('precision', precision === null ? nil : { type: 'number', number: precision, isFloat: false })
  }
  for (const name of ['created_at', 'updated_at']) {
    sink.addColumn(
      readColumn(machine, node, { name, type: 'datetime', options, areOptionsKnown }),
      node,
      flagIn(options, 'if_not_exists') === true,
    )
  }
}

export function removeColumns({ sink, given, node }: Statement, names: readonly Value[]): void {
  const ifExists = flagIn(given.options, 'if_exists') === true
  for (const each of names) {
    const column = nameIn(each)
    if (column === null) sink.opaque(node, 'a column that is not known is removed')
    else sink.emit({ kind: 'drop_column', table: sink.table, column, ifExists }, node)
  }
}

export function removeReferences(statement: Statement, names: readonly Value[]): void {
  const { sink, given, node } = statement
  const { options } = given
  for (const each of names) {
    const name = nameIn(each)
    if (name === null) {
      sink.opaque(node, 'a reference that is not known is removed')
      continue
    }
    if (truthOf(options.get('foreign_key') ?? nil) !== false) {
      sink.emit(
        {
          kind: 'drop_constraint',
          table: sink.table,
          constraint: 'foreign_key',
          columns: [`${name}_id`],
          ifExists: false,
        },
        node,
      )
    }
    const columns =
      truthOf(options.get('polymorphic') ?? nil) === false ? [`${name}_id`] : [`${name}_id`, `${name}_type`]
    removeColumns(
      statement,
      columns.map((one) => text(one)),
    )
  }
}

export function renameColumn({ sink, given, node }: Statement): void {
  const [column, to] = given.values.map((value) => nameIn(value))
  if (column == null || to == null)
    return sink.opaque(node, 'a column is renamed, and the names are not known')
  sink.emit({ kind: 'rename_column', table: sink.table, column, to }, node)
}

/** A change of the type, and of the default and of nulls where they are said. */
export function changeColumn({ machine, sink, given, node }: Statement): void {
  const [column, named] = given.values.map((value) => nameIn(value))
  const { options, areOptionsKnown } = given
  if (column == null || named == null)
    return sink.opaque(node, 'a column is changed, and its name or type is not known')
  const type = typeWith(
    machine,
    named === 'enum' ? (nameIn(options.get('enum_type')) ?? '?') : named,
    options,
  )
  const using =
    nameIn(options.get('using')) ??
    (options.has('cast_as') ? `CAST AS ${nameIn(options.get('cast_as')) ?? '?'}` : null)
  const collation = nameIn(options.get('collation'))
  const confidence = !areOptionsKnown || hasUnknown(options) ? 'dynamic' : 'exact'
  const { table } = sink
  sink.emit(
    {
      kind: 'change_type',
      table,
      column,
      type,
      ...(using === null ? {} : { using }),
      ...(collation === null ? {} : { collation }),
    },
    node,
    confidence,
  )
  if (options.has('default')) {
    sink.emit(
      {
        kind: 'set_default',
        table,
        column,
        default: defaultOf(machine, options.get('default'), { type, node }),
      },
      node,
    )
  }
  if (options.has('null')) {
    const nullable = flagIn(options, 'null')
    sink.emit(
      { kind: 'set_nullable', table, column, nullable: nullable !== false },
      node,
      nullable === null ? 'dynamic' : 'exact',
    )
  }
  const comment = nameIn(options.get('comment'))
  if (comment !== null)
    sink.emit({ kind: 'alter_column', table, column, aspect: 'comment', value: comment }, node)
}
