import { argument, type Context, type Step } from './context.ts'
import { readField, type DjangoField } from './field.ts'
import { columnOf, emitBetween, indexOn, keyOfModel, referenceActions } from './tables.ts'
import { generatedNameOf } from './names.ts'
import type { PyNode } from './python/tree.ts'
import { textIn, truthIn } from './python/value.ts'

interface At {
  readonly context: Context
  readonly node: PyNode
}

/** What comes with a column: uniqueness, its index, its foreign key, what it is checked for, its comment. */
export function emitColumnParts({ context, node }: At, table: string, field: DjangoField): void {
  if (field.kind !== 'column') return
  const { column, relation, comment } = field
  const confidence = field.isKnown ? 'exact' : 'dynamic'
  if (field.isUnique)
    context.emit(
      node,
      { kind: 'add_constraint', table, constraint: 'unique', columns: [column], isValidated: true },
      confidence,
    )
  if (field.isPositive) emitCheck({ context, node }, table, column)
  if (relation?.isConstrained === true) emitReference({ context, node }, table, field, true)
  if (field.isIndexed)
    context.emit(node, indexOn(table, [column], generatedNameOf(table, [column])), confidence)
  emitLike({ context, node }, table, field)
  if (comment !== undefined)
    context.emit(node, { kind: 'alter_column', table, column, aspect: 'comment', value: comment })
}

function emitCheck({ context, node }: At, table: string, column: string): void {
  const text = `ALTER TABLE t ADD CHECK ("${column}" >= 0)`
  const [read] = context.sql({ file: '', text }).operations
  if (read?.kind !== 'add_constraint') return context.opaque(node, `the check of ${column}`, [table])
  const { place: _place, confidence: _confidence, ...body } = read
  context.emit(node, { ...body, table })
}

function emitReference({ context, node }: At, table: string, field: DjangoField, isInline: boolean): void {
  const { relation, column } = field
  if (relation === undefined) return
  context.emit(
    node,
    {
      kind: 'add_foreign_key',
      table,
      name: generatedNameOf(table, [column], `_fk_${relation.table}_${relation.column}`),
      columns: [column],
      references: relation.table,
      referencedColumns: [relation.column],
      actions: referenceActions(context.state),
      isValidated: true,
      isInline,
    },
    relation.isKnown && field.isKnown ? 'exact' : 'dynamic',
  )
}

/** On Postgres a text that is indexed or unique has a second index, for patterns. */
function emitLike({ context, node }: At, table: string, field: DjangoField): void {
  if (context.state.engine === 'mysql') return
  const isText = field.type === 'text' || field.type.startsWith('varchar')
  if (!isText || !(field.isIndexed || field.isUnique || field.isPrimary)) return
  const operators = field.type === 'text' ? 'text_pattern_ops' : 'varchar_pattern_ops'
  context.emit(node, {
    ...indexOn(table, [field.column], generatedNameOf(table, [field.column], '_like')),
    elements: [`${field.column} ${operators}`],
  })
}

export function addField(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const name = textIn(argument(step, 'name', 1))
  const value = argument(step, 'field', 2)
  const model = key?.split('.')[1] ?? ''
  const field =
    key === null || name === null || value === undefined
      ? null
      : readField(value, { name, app: context.app, model, state: context.state })
  if (key === null || name === null || field === null)
    return context.opaque(
      node,
      'a field that is not known is added',
      key === null ? undefined : [context.state.tableOf(key).table],
    )
  const { table, isKnown } = context.state.tableOf(key)
  context.state.putField(key, name, field)
  if (context.state.models.get(key)?.isManaged === false || field.kind === 'nothing') return
  if (field.kind === 'many_to_many') return emitBetween(step, table, name, field)
  const confidence = field.isKnown && isKnown ? 'exact' : 'dynamic'
  const column = columnOf(field)
  // The rows that are there are given the default, which the database then forgets.
  const isFilled = field.hasDefault && field.databaseDefault === null
  const filled = isFilled ? { ...column, default: { volatility: 'constant', text: '?' } as const } : column
  context.emit(node, { kind: 'add_column', table, column: filled, ifNotExists: false }, confidence)
  if (isFilled)
    context.emit(node, { kind: 'set_default', table, column: field.column, default: null }, confidence)
  emitColumnParts(step, table, field)
}

export function removeField(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const name = textIn(argument(step, 'name', 1))
  if (key === null || name === null) return context.opaque(node, 'a field that is not known is removed')
  const { table } = context.state.tableOf(key)
  const model = context.state.models.get(key)
  const field = model?.fields.get(name)
  if (field === undefined)
    return context.opaque(
      node,
      `the field ${name} of ${key} is removed, and its column is not in what was read`,
      [table],
    )
  context.state.putField(key, name, null)
  if (model?.isManaged === false || field.kind === 'nothing') return
  if (field.kind === 'many_to_many') {
    if (field.through != null)
      context.emit(node, {
        kind: 'drop_table',
        table: field.through === '' ? `${table}_${name}` : field.through,
        isCascading: false,
        ifExists: false,
      })
    return
  }
  context.emit(node, { kind: 'drop_column', table, column: field.column, ifExists: false })
}

export function renameField(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const from = textIn(argument(step, 'old_name', 1))
  const to = textIn(argument(step, 'new_name', 2))
  if (key === null || from === null || to === null)
    return context.opaque(node, 'a field is renamed, and the names are not known')
  const { table } = context.state.tableOf(key)
  const field = context.state.models.get(key)?.fields.get(from)
  if (field === undefined)
    return context.opaque(
      node,
      `the field ${from} of ${key} is renamed, and its column is not in what was read`,
      [table],
    )
  if (field.kind === 'many_to_many') return context.opaque(node, `the table between is renamed with ${from}`)
  const suffix = field.relation === undefined ? '' : '_id'
  const isNamedSo = field.column === `${from}${suffix}`
  context.state.putField(key, from, null)
  context.state.putField(key, to, isNamedSo ? { ...field, column: `${to}${suffix}` } : field)
  if (isNamedSo && field.kind === 'column')
    context.emit(node, { kind: 'rename_column', table, column: field.column, to: `${to}${suffix}` })
}

export function alterField(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const name = textIn(argument(step, 'name', 1))
  const value = argument(step, 'field', 2)
  if (key === null || name === null || value === undefined)
    return context.opaque(node, 'a field that is not known is altered')
  const { table } = context.state.tableOf(key)
  const before = context.state.models.get(key)?.fields.get(name)
  const where = { name, app: context.app, model: key.split('.')[1] ?? '', state: context.state }
  const after = readField(value, where)
  if (before === undefined || after === null)
    return context.opaque(
      node,
      `the field ${name} of ${key} is altered, and what it was is not in what was read`,
      [table],
    )
  context.state.putField(key, name, after)
  if (context.state.models.get(key)?.isManaged === false) return
  if (before.kind !== 'column' || after.kind !== 'column') {
    if (
      before.kind !== after.kind ||
      before.through !== after.through ||
      before.relation?.to !== after.relation?.to
    )
      context.opaque(node, `the field ${name} of ${key} changes what it is`)
    return
  }
  if (
    !before.isKnown ||
    !after.isKnown ||
    before.isPrimary !== after.isPrimary ||
    before.isIdentity !== after.isIdentity ||
    before.isGenerated !== after.isGenerated
  )
    return isEqual(before, after)
      ? undefined
      : context.opaque(node, `the field ${name} of ${key} changes what it is`, [table])
  emitChanges(step, table, before, after)
}

function isEqual(before: DjangoField, after: DjangoField): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

function emitChanges(step: Step, table: string, before: DjangoField, after: DjangoField): void {
  const { context, node } = step
  const { column } = after
  const isReferring = before.relation?.isConstrained === true
  const refers = after.relation?.isConstrained === true
  const isRetargeted = isReferring !== refers || before.relation?.table !== after.relation?.table
  const isKeyChanged =
    (isReferring || refers) && (isRetargeted || before.type !== after.type || before.column !== column)
  if (isKeyChanged && isReferring)
    context.emit(node, {
      kind: 'drop_constraint',
      table,
      constraint: 'foreign_key',
      columns: [before.column],
      ifExists: false,
    })
  if (before.column !== column)
    context.emit(node, { kind: 'rename_column', table, column: before.column, to: column })
  if (before.isUnique && !after.isUnique)
    context.emit(node, {
      kind: 'drop_constraint',
      table,
      constraint: 'unique',
      columns: [column],
      ifExists: false,
    })
  if (before.isIndexed && !after.isIndexed)
    context.emit(node, { kind: 'drop_index', table, columns: [column], isConcurrent: false, ifExists: false })
  if (before.type !== after.type)
    context.emit(node, {
      kind: 'change_type',
      table,
      column,
      type: after.type,
      ...(context.state.engine === 'mysql' ? {} : { using: `"${column}"::${after.type}` }),
    })
  if (before.nullable && !after.nullable && after.hasDefault)
    context.emit(node, { kind: 'data', verb: 'update', writes: [table], reads: [] })
  if (before.nullable !== after.nullable)
    context.emit(node, { kind: 'set_nullable', table, column, nullable: after.nullable })
  if (before.databaseDefault?.text !== after.databaseDefault?.text)
    context.emit(node, { kind: 'set_default', table, column, default: after.databaseDefault })
  if (before.isPositive !== after.isPositive)
    if (after.isPositive) emitCheck(step, table, column)
    else
      context.emit(node, {
        kind: 'drop_constraint',
        table,
        constraint: 'check',
        columns: [column],
        ifExists: false,
      })
  if (!before.isUnique && after.isUnique)
    context.emit(node, {
      kind: 'add_constraint',
      table,
      constraint: 'unique',
      name: generatedNameOf(table, [column], '_uniq'),
      columns: [column],
      isValidated: true,
    })
  if (!before.isIndexed && after.isIndexed)
    context.emit(node, indexOn(table, [column], generatedNameOf(table, [column])))
  if (!(before.isIndexed || before.isUnique)) emitLike(step, table, after)
  if (isKeyChanged && refers) emitReference(step, table, after, false)
  if (before.comment !== after.comment)
    context.emit(node, { kind: 'alter_column', table, column, aspect: 'comment', value: after.comment ?? '' })
}

/** Adds `_order`, or takes it away. */
export function orderWithRespectTo(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'name', 0)
  const to = argument(step, 'order_with_respect_to', 1)
  if (key === null || truthIn(to) === null)
    return context.opaque(node, 'the order of a model that is not known')
  context.opaque(node, `the column _order of ${key} comes or goes`, [context.state.tableOf(key).table])
}
