import { callBlock, callBlockAnyTimes } from '../ruby/invoke.ts'
import type { Call, Machine } from '../ruby/machine.ts'
import { nameIn, nil, unknown, type Value } from '../ruby/value.ts'
import {
  addColumns,
  addReferences,
  addTimestamps,
  removeColumns,
  removeReferences,
} from './column-statements.ts'
import { changeTable, createJoinTable, createTable, dropJoinTable, dropTables } from './create-table.ts'
import { readGiven, type Given } from './given.ts'
import { removeForeignKey } from './constraint-statements.ts'
import { answerOf } from './questions.ts'
import { revert } from './revert.ts'
import { executeSql } from './sql-statements.ts'
import { tableMethods } from './table-methods.ts'
import { TableSink } from './table-sink.ts'
import { typeStatements } from './type-statements.ts'
import { viewStatements } from './view-statements.ts'

type Statement = (machine: Machine, given: Given, call: Call) => Value | void

/** The statements whose first word is a table: what is left is said as it is inside `change_table`. */
const onOneTable: Readonly<Record<string, string>> = {
  add_index: 'index',
  add_foreign_key: 'foreign_key',
  add_check_constraint: 'check_constraint',
  add_exclusion_constraint: 'exclusion_constraint',
  add_unique_constraint: 'unique_constraint',
  change_column: 'change',
  change_column_default: 'change_default',
  change_column_null: 'change_null',
  change_column_comment: 'change_comment',
  change_table_comment: 'comment',
  rename_column: 'rename',
  rename_index: 'rename_index',
  add_attachment: 'attachment',
  remove_attachment: 'remove_attachment',
  drop_attached_file: 'remove_attachment',
  remove_index: 'remove_index',
  remove_foreign_key: 'remove_foreign_key',
  remove_check_constraint: 'remove_check_constraint',
  remove_exclusion_constraint: 'remove_exclusion_constraint',
  remove_unique_constraint: 'remove_unique_constraint',
  remove_constraint: 'remove_check_constraint',
  validate_foreign_key: 'validate_foreign_key',
  validate_check_constraint: 'validate_check_constraint',
  validate_constraint: 'validate_constraint',
}

const statements: Readonly<Record<string, Statement>> = {
  create_table: createTable,
  create_join_table: createJoinTable,
  change_table: changeTable,
  drop_table: dropTables,
  drop_join_table: dropJoinTable,
  rename_table: (machine, { values }, { node }) => {
    const [table, to] = values.map((value) => nameIn(value))
    if (table == null || to == null) machine.opaque(node, 'a table is renamed, and the names are not known')
    else machine.emit(node, { kind: 'rename_table', table, to })
  },
  add_columns: (machine, given, { node }) => {
    const type = nameIn(given.options.get('type'))
    withTable(machine, given, node, (sink, rest) => {
      if (type === null) return sink.opaque(node, 'columns whose type is not known')
      const options = new Map([...given.options].filter(([key]) => key !== 'type'))
      addColumns({ machine, sink, given: { ...rest, options }, node }, type, rest.values)
    })
  },
  add_column: (machine, given, call) =>
    withTable(machine, given, call.node, (sink, rest) => {
      // Of an index it says nothing to anybody: that is an option inside a table's block.
      const options = new Map([...rest.options].filter(([key]) => key !== 'index'))
      tableMethods['column']?.({ machine, sink, given: { ...rest, options }, node: call.node })
    }),
  add_timestamps: (machine, given, { node }) =>
    withTable(machine, given, node, (sink, rest) => addTimestamps({ machine, sink, given: rest, node })),
  add_reference: references,
  add_belongs_to: references,
  // The type that follows the name is what it was: it is said so that the change can be undone.
  remove_column: (machine, given, { node }) =>
    withTable(machine, given, node, (sink, rest) =>
      removeColumns({ machine, sink, given: rest, node }, rest.values.slice(0, 1)),
    ),
  remove_columns: (machine, given, { node }) =>
    withTable(machine, given, node, (sink, rest) =>
      removeColumns({ machine, sink, given: rest, node }, rest.values),
    ),
  remove_timestamps: (machine, given, { node }) =>
    withTable(machine, given, node, (sink, rest) => {
      const names = ['updated_at', 'created_at'].map((text): Value => ({ type: 'symbol', text }))
      removeColumns({ machine, sink, given: rest, node }, names)
    }),
  remove_reference: (machine, given, { node }) =>
    withTable(machine, given, node, (sink, rest) =>
      removeReferences({ machine, sink, given: rest, node }, rest.values.slice(0, 1)),
    ),
  remove_belongs_to: (machine, given, { node }) =>
    withTable(machine, given, node, (sink, rest) =>
      removeReferences({ machine, sink, given: rest, node }, rest.values.slice(0, 1)),
    ),
  execute: executeSql,
  exec_query: executeSql,
  exec_update: executeSql,
  exec_insert: executeSql,
  exec_delete: executeSql,
  internal_exec_query: executeSql,
  select_all: executeSql,
  select_one: executeSql,
  select_rows: executeSql,
  select_value: executeSql,
  select_values: executeSql,
  insert_sql: executeSql,
  update_sql: executeSql,
  execute_batch: executeSql,
  revert,
  ...typeStatements,
  ...viewStatements,
}

function references(machine: Machine, given: Given, { node }: Call): void {
  withTable(machine, given, node, (sink, rest) =>
    addReferences({ machine, sink, given: rest, node }, rest.values.slice(0, 1)),
  )
}

function withTable(
  machine: Machine,
  given: Given,
  node: Call['node'],
  run: (sink: TableSink, rest: Given) => void,
): void {
  const table = nameIn(given.values[0])
  if (table === null) return machine.opaque(node, 'a table that is not known is changed')
  run(new TableSink(machine, table, 'changed'), { ...given, values: given.values.slice(1) })
}

/** What asks the database and changes nothing. */
const questions = new Set(
  `table_exists? column_exists? index_exists? index_name_exists? foreign_key_exists? check_constraint_exists? extension_enabled?
  data_source_exists? view_exists? unique_constraint_exists? exclusion_constraint_exists? columns indexes tables views data_sources foreign_keys
  check_constraints primary_key primary_keys adapter_name current_database current_schema quote quote_table_name quote_column_name quote_string
  index_name supports_comments? supports_json? supports_foreign_keys? supports_datetime_with_precision? supports_extensions?
  supports_check_constraints? supports_expression_index? supports_partial_index? postgresql_version database_version version schema_exists?
  schema_names enum_types select_rows_count mysql? postgresql? connection_db_config open_transactions transaction_open? reverting? migration_context
  table_comment column_for table_name_prefix table_name_suffix migration_file_name encoding collation server_version get_database_version
  native_database_types type_to_sql sanitize_sql sanitize_sql_array sanitize_sql_for_conditions column_definitions`.split(
    /\s+/,
  ),
)

/** What only makes noise, or sets what does not outlive the session. */
const harmless = new Set(
  `say announce write puts print p pp warn assume_migrated_upto_version reset_column_information
  clear_cache! schema_cache verbose= verbose reset_runtime log initialize_schema_migrations_table
  execute_in_transaction assume_migrated reload_type_map disable_statement_timeout! set_lock_timeout set_statement_timeout`.split(
    /\s+/,
  ),
)

/** Runs its block, here and now. */
const transparent = new Set(
  `say_with_time suppress_messages transaction safety_assured disable_statement_timeout without_statement_timeout with_connection
  silence silence_messages uncached unprepared_statement disable_referential_integrity no_touching with_lock_retries benchmark measure
  within_new_transaction up_only ignoring_errors disable_joins with_lock_timeout`.split(/\s+/),
)

/** @returns undefined for what is no statement of the schema. */
export function callStatement(machine: Machine, call: Call): Value | undefined {
  const { name, block, node } = call
  if (questions.has(name)) return answerOf(machine, call)
  if (harmless.has(name)) return nil
  if (transparent.has(name))
    return block === null ? nil : callBlock(machine, block, [machine.scope.self], { node })
  if (name === 'reversible') {
    if (block !== null) callBlock(machine, block, [{ type: 'direction' }], { node })
    return nil
  }
  const onTable = onOneTable[name]
  const statement = statements[name]
  if (onTable === undefined && statement === undefined) return undefined
  const given = readGiven(call)
  if (given === null) {
    machine.opaque(node, `${name} with what is not known`)
    return unknown
  }
  if (statement !== undefined) return statement(machine, given, call) ?? nil
  withTable(machine, given, node, (sink, rest) => {
    if (name === 'remove_foreign_key') removeForeignKey(sink, rest, node)
    else tableMethods[onTable ?? '']?.({ machine, sink, given: rest, node })
  })
  return nil
}

export function isStatement(name: string): boolean {
  return name in onOneTable || name in statements || name === 'reversible' || name === 'up_only'
}

/** `dir.up { … }`: what is run the other way is not read. */
export function callOnDirection(machine: Machine, { name, block, node }: Call): Value {
  if (name === 'up' && block !== null) return callBlock(machine, block, [], { node })
  if (name === 'down') return nil
  machine.opaque(node, `${name} of a direction`)
  callBlockAnyTimes(machine, block, null, node)
  return unknown
}
