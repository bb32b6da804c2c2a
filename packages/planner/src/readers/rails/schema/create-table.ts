import type { Column, Operation } from '../../../model/operation.ts'
import { callBlock } from '../ruby/invoke.ts'
import type { Call, Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import { nameIn, namesIn, nil, truthOf, type Value } from '../ruby/value.ts'
import { readColumn } from './column.ts'
import { expressionDefault } from './default-value.ts'
import { flagIn, hasUnknown, optionsIn, type Given, type Options } from './given.ts'
import { singularize } from './inflector.ts'
import { joinTableNameOf } from './names.ts'
import { unknownKeyType } from '../key-types.ts'
import { primaryKeyType } from './primary-key-type.ts'
import { TableSink } from './table-sink.ts'

export function createTable(machine: Machine, given: Given, call: Call): void {
  const table = nameIn(given.values[0])
  if (table === null) return machine.opaque(call.node, 'a table whose name is not known is created')
  build(machine, table, given, call)
}

export function createJoinTable(machine: Machine, given: Given, call: Call): void {
  const [one, other] = given.values.map((value) => nameIn(value))
  if (one == null || other == null)
    return machine.opaque(call.node, 'a join table of tables that are not known')
  const table = nameIn(given.options.get('table_name')) ?? joinTableNameOf(one, other)
  const own = optionsIn(given.options.get('column_options'))
  const options = new Map(
    [...given.options].filter(([key]) => key !== 'table_name' && key !== 'column_options'),
  )
  const { idType } = machine.setting.rules
  build(
    machine,
    table,
    { ...given, options: new Map([...options, ['id', { type: 'boolean', isTrue: false }]]) },
    call,
    (sink) => {
      for (const each of [one, other]) {
        const name = `${singularize(each.split('.').at(-1) ?? each)}_id`
        const columnOptions: Options = new Map([
          ['null', { type: 'boolean', isTrue: false } as Value],
          ...own.options,
        ])
        sink.addColumn(
          readColumn(machine, call.node, {
            name,
            type: nameIn(own.options.get('type')) ?? idType,
            options: columnOptions,
          }),
          call.node,
        )
      }
    },
  )
}

function build(
  machine: Machine,
  table: string,
  given: Given,
  call: Call,
  before?: (sink: TableSink) => void,
): void {
  const { node, block } = call
  const { options } = given
  if (options.has('as')) return machine.opaque(node, `${table} is created from a query`)
  const force = options.get('force') ?? nil
  if (truthOf(force) !== false) dropBefore(machine, table, { force, node })
  const sink = new TableSink(machine, table, 'created')
  addPrimaryKey(machine, sink, options, node)
  const inside = machine.capture(() => {
    before?.(sink)
    if (block !== null) {
      const handle: Value = { type: 'table', table: sink }
      callBlock(machine, block, [handle], { node })
    }
  })
  const ifNotExists = flagIn(options, 'if_not_exists') === true
  const isOpen = !given.areOptionsKnown || hasUnknown(options)
  machine.emit(
    node,
    {
      kind: 'create_table',
      table,
      columns: sink.columns ?? [],
      primaryKey: [...sink.primaryKey],
      ifNotExists,
    },
    isOpen ? 'dynamic' : sink.confidence,
  )
  const all = machine.setting.adapter === 'mysql' ? inStatementOf(machine, inside) : inside
  machine.operations.push(...(ifNotExists ? all.map(unlessThere) : all))
  const comment = nameIn(options.get('comment'))
  if (comment !== null) machine.emit(node, { kind: 'alter_table', table, aspect: 'comment', value: comment })
}

/** Indexes and references of a new table stand in its one statement on MySQL. */
function inStatementOf(machine: Machine, inside: readonly Operation[]): readonly Operation[] {
  const created = machine.operations.at(-1)
  if (created === undefined) return inside
  const statement = `${machine.file}#table ${machine.operations.length}`
  const manner = { statement }
  machine.operations.splice(-1, 1, { ...created, manner })
  return inside.map((each) => (each.engine === undefined ? { ...each, manner } : each))
}

/** What stands inside a table that is left as it is when it is there. */
function unlessThere(operation: Operation): Operation {
  if (operation.kind === 'create_index') return { ...operation, ifNotExists: true }
  return operation.confidence === 'exact' ? { ...operation, confidence: 'conditional' } : operation
}

/** A dumped schema says `force: :cascade` of every table, and is loaded into an empty database. */
function dropBefore(
  machine: Machine,
  table: string,
  { force, node }: { force: Value; node: RubyNode },
): void {
  if (machine.isDump) return
  const isCascading = nameIn(force) === 'cascade'
  machine.emit(
    node,
    { kind: 'drop_table', table, isCascading, ifExists: true },
    truthOf(force) === null ? 'dynamic' : 'exact',
  )
}

function addPrimaryKey(machine: Machine, sink: TableSink, options: Options, node: RubyNode): void {
  const id = options.get('id') ?? nil
  const names = namesIn(options.get('primary_key'))
  if (names !== null && names.length > 1) {
    sink.primaryKey.push(...names)
    return
  }
  if (id.type === 'boolean' && !id.isTrue) return
  const name = names?.[0] ?? 'id'
  const nested = id.type === 'hash' ? optionsIn(id).options : options
  const given = id.type === 'hash' ? (nested.get('type') ?? nil) : id
  const isUnknown = given.type === 'unknown' || given.type === 'inert' || given.type === 'constant'
  const type = nameIn(given) ?? 'primary_key'
  sink.primaryKey.push(name)
  const key = keyColumn(machine, { name, type, options: nested, isNested: id.type === 'hash', node })
  sink.columns?.push(isUnknown ? { ...key, type: `${key.type}${unknownKeyType}` } : key)
}

function keyColumn(
  machine: Machine,
  given: { name: string; type: string; options: Options; isNested: boolean; node: RubyNode },
): Column {
  const { name, type, options, isNested, node } = given
  const { rules, adapter } = machine.setting
  // Beside the table's name, a collation is the table's own.
  const own = new Map(
    [...options].filter(([key]) => keyOptions.has(key) && (isNested || key !== 'collation')),
  )
  const counts = type === 'primary_key' || ((type === 'integer' || type === 'bigint') && !own.has('default'))
  const read = readColumn(machine, node, {
    name,
    type: counts ? primaryKeyType(machine, type) : type,
    options: own,
  }).column
  const column: Column = { ...read, nullable: false }
  if (type === 'uuid' && adapter === 'postgresql' && !own.has('default')) {
    return { ...column, default: expressionDefault(machine, rules.uuidDefault) }
  }
  return column
}

const keyOptions = new Set(['limit', 'default', 'precision', 'scale', 'unsigned', 'collation'])

export function changeTable(machine: Machine, given: Given, { block, node }: Call): void {
  const table = nameIn(given.values[0])
  if (table === null) machine.opaque(node, 'a table whose name is not known is changed')
  if (block === null) return
  const handle: Value =
    table === null ? { type: 'unknown' } : { type: 'table', table: new TableSink(machine, table, 'changed') }
  callBlock(machine, block, [handle], { node })
}

export function dropJoinTable(machine: Machine, given: Given, { node }: Call): void {
  const [one, other] = given.values.map((value) => nameIn(value))
  if (one == null || other == null)
    return machine.opaque(node, 'a join table of tables that are not known is dropped')
  const table = nameIn(given.options.get('table_name')) ?? joinTableNameOf(one, other)
  machine.emit(node, {
    kind: 'drop_table',
    table,
    isCascading: false,
    ifExists: flagIn(given.options, 'if_exists') === true,
  })
}

export function dropTables(machine: Machine, given: Given, { node }: Call): void {
  const force = given.options.get('force') ?? nil
  const isCascading = nameIn(force) === 'cascade'
  const ifExists = flagIn(given.options, 'if_exists') === true
  for (const each of given.values) {
    const table = nameIn(each)
    if (table === null) machine.opaque(node, 'a table that is not known is dropped')
    else machine.emit(node, { kind: 'drop_table', table, isCascading, ifExists })
  }
}
