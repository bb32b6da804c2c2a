import type { OperationBody } from '../../../model/operation.ts'
import type { Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import { nameIn, namesIn, nil, truthOf, type Value } from '../ruby/value.ts'
import { flagIn, hasUnknown, type Given, type Options } from './given.ts'
import { singularize } from './inflector.ts'
import { checkNameOf, exclusionNameOf, foreignKeyNameOf, uniqueNameOf } from './names.ts'
import { bodyOf, type TableSink } from './table-sink.ts'

/** @param references the table it points at; null when it is not known. */
export function addForeignKey(
  sink: TableSink,
  given: {
    readonly references: string | null
    readonly options: Options
    readonly node: RubyNode
    readonly areOptionsKnown?: boolean
  },
): void {
  const { references, options, node } = given
  if (references === null) return sink.opaque(node, 'a foreign key to a table that is not known')
  const columns =
    namesIn(options.get('column')) ?? (options.has('column') ? null : [foreignKeyColumn(references)])
  const referencedColumns = namesIn(options.get('primary_key')) ?? ['id']
  if (columns === null) return sink.opaque(node, 'a foreign key of a column that is not known')
  const validated = truthOf(options.get('validate') ?? { type: 'boolean', isTrue: true })
  sink.emit(
    {
      kind: 'add_foreign_key',
      table: sink.table,
      name: nameIn(options.get('name')) ?? nameOfKey(sink, columns),
      columns,
      references,
      referencedColumns,
      actions: actionsOf(options),
      isValidated: validated !== false,
      isInline: sink.isNew,
    },
    node,
    given.areOptionsKnown === false || hasUnknown(options) ? 'dynamic' : 'exact',
  )
}

function nameOfKey(sink: TableSink, columns: readonly string[]): string {
  if (!sink.rules.areForeignKeysOfLibrary) return foreignKeyNameOf(sink.table, columns)
  return `${sink.table}_${columns.join('_')}_fk`
}

const letters: Readonly<Record<string, string>> = {
  cascade: 'c',
  delete: 'c',
  nullify: 'n',
  restrict: 'r',
  set_default: 'd',
}

/** In the letters of Postgres, as the SQL reader gives them: on update, on delete, how it matches; then when it is checked. */
function actionsOf(options: Options): string {
  const letter = (key: string): string => letters[nameIn(options.get(key)) ?? ''] ?? 'a'
  const deferrable = options.get('deferrable') ?? nil
  const when = truthOf(deferrable) === true ? ` deferrable ${nameIn(deferrable) ?? ''}`.trimEnd() : ''
  const onDelete = options.has('dependent') ? letter('dependent') : letter('on_delete')
  return `${letter('on_update')}${onDelete}s${when}`
}

export function foreignKeyColumn(table: string): string {
  return `${singularize(table.split('.').at(-1) ?? table)}_id`
}

export function removeForeignKey(sink: TableSink, { values, options }: Given, node: RubyNode): void {
  const references = nameIn(values[0] ?? options.get('to_table'))
  const name = nameIn(options.get('name'))
  const columns =
    namesIn(options.get('column')) ?? (references === null ? null : [foreignKeyColumn(references)])
  if (name === null && columns === null)
    return sink.opaque(node, 'a foreign key that is not known is removed')
  sink.emit(
    {
      kind: 'drop_constraint',
      table: sink.table,
      constraint: 'foreign_key',
      ...(name === null ? {} : { name }),
      ...(columns === null ? {} : { columns }),
      ...(references === null ? {} : { references }),
      ifExists: flagIn(options, 'if_exists') === true,
    },
    node,
    hasUnknown(options) ? 'dynamic' : 'exact',
  )
}

export function addCheck(
  machine: Machine,
  sink: TableSink,
  { values, options }: Given,
  node: RubyNode,
): void {
  const expression = nameIn(values[0])
  if (expression === null) return sink.opaque(node, 'a check whose expression is not known')
  const name = nameIn(options.get('name')) ?? checkNameOf(sink.table, expression)
  const validity = flagIn(options, 'validate') === false && options.has('validate') ? ' NOT VALID' : ''
  sink.emit(throughSql(machine, sink.table, name, `CHECK (${expression})${validity}`), node)
}

export function addExclusion(
  machine: Machine,
  sink: TableSink,
  { values, options }: Given,
  node: RubyNode,
): void {
  const expression = nameIn(values[0])
  if (expression === null) return sink.opaque(node, 'an exclusion whose expression is not known')
  const name = nameIn(options.get('name')) ?? exclusionNameOf(sink.table, expression)
  const using = nameIn(options.get('using'))
  const where = nameIn(options.get('where'))
  const parts = [
    `EXCLUDE${using === null ? '' : ` USING ${using}`} (${expression})`,
    ...(where === null ? [] : [`WHERE (${where})`]),
  ]
  sink.emit(throughSql(machine, sink.table, name, `${parts.join(' ')}${deferral(options)}`), node)
}

export function addUnique(
  machine: Machine,
  sink: TableSink,
  { values, options }: Given,
  node: RubyNode,
): void {
  const columns = namesIn(values[0] ?? options.get('column'))
  const usingIndex = nameIn(options.get('using_index'))
  if (columns === null && usingIndex === null)
    return sink.opaque(node, 'a unique constraint on columns that are not known')
  const name = nameIn(options.get('name')) ?? uniqueNameOf(sink.table, columns ?? [usingIndex ?? ''])
  const nulls = flagIn(options, 'nulls_not_distinct') === true ? ' NULLS NOT DISTINCT' : ''
  const what =
    usingIndex === null
      ? `${nulls} (${(columns ?? []).map((each) => `"${each}"`).join(', ')})`
      : ` USING INDEX "${usingIndex}"`
  sink.emit(throughSql(machine, sink.table, name, `UNIQUE${what}${deferral(options)}`), node)
}

function deferral(options: Options): string {
  const deferrable: Value = options.get('deferrable') ?? nil
  if (truthOf(deferrable) !== true) return ''
  return ` DEFERRABLE INITIALLY ${(nameIn(deferrable) ?? 'immediate').toUpperCase()}`
}

function throughSql(machine: Machine, table: string, name: string, constraint: string): OperationBody {
  const named = table
    .split('.')
    .map((each) => `"${each}"`)
    .join('.')
  const sql = `ALTER TABLE ${named} ADD CONSTRAINT "${name.replaceAll('"', '""')}" ${constraint}`
  const [read] = machine.setting.sql({ file: '', text: sql }).operations
  if (read?.kind === 'add_constraint') return bodyOf(read)
  return {
    kind: 'opaque',
    reason: `the constraint ${name}, whose expression is not SQL that can be read`,
    touches: [table],
  }
}

export function removeConstraint(
  sink: TableSink,
  constraint: 'check' | 'exclusion' | 'unique',
  { values, options }: Given,
  node: RubyNode,
): void {
  const given = nameIn(options.get('name'))
  const what = namesIn(values[0])
  const named = what === null ? null : nameFor(constraint, sink.table, what)
  const name = given ?? named
  if (name === null) return sink.opaque(node, 'a constraint that is not known is removed')
  const ifExists = flagIn(options, 'if_exists') === true
  sink.emit({ kind: 'drop_constraint', table: sink.table, constraint, name, ifExists }, node)
}

function nameFor(
  constraint: 'check' | 'exclusion' | 'unique',
  table: string,
  what: readonly string[],
): string {
  if (constraint === 'unique') return uniqueNameOf(table, what)
  return (constraint === 'check' ? checkNameOf : exclusionNameOf)(table, what[0] ?? '')
}

export function validateConstraint(sink: TableSink, { values, options }: Given, node: RubyNode): void {
  const [first] = values
  // A foreign key is named by its table, a constraint by its own name.
  const name = nameIn(options.get('name'))
  const references = nameIn(first ?? options.get('to_table'))
  const column = nameIn(options.get('column'))
  if (name !== null) sink.emit({ kind: 'validate_constraint', table: sink.table, name }, node)
  else if (column !== null) {
    sink.emit(
      { kind: 'validate_constraint', table: sink.table, name: foreignKeyNameOf(sink.table, [column]) },
      node,
    )
  } else if (references !== null)
    sink.emit({ kind: 'validate_constraint', table: sink.table, references }, node)
  else sink.opaque(node, 'a constraint that is not known is validated')
}
