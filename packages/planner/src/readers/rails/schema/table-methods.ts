import type { Call, Machine } from '../ruby/machine.ts'
import { nil, unknown, type Value } from '../ruby/value.ts'
import { isColumnType } from './column-type.ts'
import { addAttachments, removeAttachments } from './attachments.ts'
import { changeComment, changeDefault, changeNull, changeTableComment } from './change-statements.ts'
import {
  addColumns,
  addReferences,
  addTimestamps,
  changeColumn,
  removeColumns,
  removeReferences,
  renameColumn,
  type Statement,
} from './column-statements.ts'
import {
  addCheck,
  addExclusion,
  addForeignKey,
  addUnique,
  removeConstraint,
  removeForeignKey,
  validateConstraint,
} from './constraint-statements.ts'
import { readGiven } from './given.ts'
import { addIndex, removeIndex, renameIndex } from './index-statements.ts'
import { nameIn, text } from '../ruby/value.ts'
import { primaryKeyType } from './primary-key-type.ts'
import type { TableSink } from './table-sink.ts'

type TableMethod = (statement: Statement) => void

/** What can be said of one table, without its name: inside `create_table` and `change_table`, and behind the name elsewhere. */
export const tableMethods: Readonly<Record<string, TableMethod>> = {
  column: (statement) => {
    const [name, type] = statement.given.values
    const named = nameIn(type)
    if (named === null) return statement.sink.opaque(statement.node, 'a column whose type is not known')
    addColumns(statement, named, name === undefined ? [] : [name])
  },
  references: (statement) => addReferences(statement, statement.given.values),
  belongs_to: (statement) => addReferences(statement, statement.given.values),
  timestamps: (statement) => addTimestamps(statement),
  primary_key: (statement) => {
    const [name, type] = statement.given.values
    const { options, areOptionsKnown } = statement.given
    const given = {
      ...statement.given,
      options: new Map([...options, ['null', { type: 'boolean', isTrue: false } as const]]),
      areOptionsKnown,
    }
    const named = type === undefined ? 'primary_key' : (nameIn(type) ?? '?')
    addColumns(
      { ...statement, given },
      named === 'primary_key' ? primaryKeyType(statement.machine) : named,
      name === undefined ? [] : [name],
    )
    const added = nameIn(name)
    if (added !== null && !statement.sink.primaryKey.includes(added)) statement.sink.primaryKey.push(added)
  },
  index: ({ machine, sink, given, node }) =>
    addIndex(machine, sink, {
      columns: given.values[0] ?? given.options.get('column'),
      options: given.options,
      areOptionsKnown: given.areOptionsKnown,
      node,
    }),
  foreign_key: ({ sink, given, node }) =>
    addForeignKey(sink, {
      references: nameIn(given.values[0]),
      options: given.options,
      areOptionsKnown: given.areOptionsKnown,
      node,
    }),
  check_constraint: ({ machine, sink, given, node }) => addCheck(machine, sink, given, node),
  exclusion_constraint: ({ machine, sink, given, node }) => addExclusion(machine, sink, given, node),
  unique_constraint: ({ machine, sink, given, node }) => addUnique(machine, sink, given, node),
  change: (statement) => changeColumn(statement),
  change_default: (statement) => changeDefault(statement),
  change_null: (statement) => changeNull(statement),
  change_comment: (statement) => changeComment(statement),
  comment: (statement) => changeTableComment(statement),
  rename: (statement) => renameColumn(statement),
  rename_index: ({ sink, given, node }) => renameIndex(sink, given, node),
  remove: (statement) => removeColumns(statement, statement.given.values),
  remove_columns: (statement) => removeColumns(statement, statement.given.values),
  remove_references: (statement) => removeReferences(statement, statement.given.values),
  remove_belongs_to: (statement) => removeReferences(statement, statement.given.values),
  attachment: (statement) => addAttachments(statement, statement.given.values),
  has_attached_file: (statement) => addAttachments(statement, statement.given.values),
  remove_attachment: (statement) => removeAttachments(statement, statement.given.values),
  remove_timestamps: (statement) => removeColumns(statement, [text('updated_at'), text('created_at')]),
  remove_index: ({ sink, given, node }) => removeIndex(sink, given, node),
  remove_foreign_key: ({ sink, given, node }) => removeForeignKey(sink, given, node),
  remove_check_constraint: ({ sink, given, node }) => removeConstraint(sink, 'check', given, node),
  remove_exclusion_constraint: ({ sink, given, node }) => removeConstraint(sink, 'exclusion', given, node),
  remove_unique_constraint: ({ sink, given, node }) => removeConstraint(sink, 'unique', given, node),
  validate_foreign_key: ({ sink, given, node }) => validateConstraint(sink, given, node),
  validate_check_constraint: ({ sink, given, node }) => validateConstraint(sink, given, node),
  validate_constraint: ({ sink, given, node }) => {
    const [name] = given.values
    const options = name === undefined ? given.options : new Map([...given.options, ['name', name] as const])
    validateConstraint(sink, { ...given, values: [], options }, node)
  },
}

const silent = new Set([
  'column_exists?',
  'index_exists?',
  'foreign_key_exists?',
  'check_constraint_exists?',
  'name',
  'nil?',
  'freeze',
])

/** A call on the `t` of a table's block. */
export function callOnTable(machine: Machine, sink: TableSink, call: Call): Value {
  const { name, node } = call
  if (silent.has(name)) return unknown
  const given = readGiven(call)
  if (given === null) {
    sink.opaque(node, `${name} of a table, with what is not known`)
    return nil
  }
  const statement: Statement = { machine, sink, given, node }
  const method = tableMethods[name]
  if (method !== undefined) method(statement)
  else if (isColumnType(name) || name === 'virtual' || name === 'enum')
    addColumns(statement, name, given.values)
  else sink.opaque(node, `${name}, which is no column that Rails knows`)
  return nil
}
