import { argument, type Step } from './context.ts'
import { emitColumnParts } from './field-operations.ts'
import { readField, type DjangoField } from './field.ts'
import { readConstraintOf, readIndexOf } from './index-operations.ts'
import { generatedNameOf } from './names.ts'
import type { DjangoModel } from './state.ts'
import { columnOf, emitBetween, indexOn, keyOfModel, tableName } from './tables.ts'
import { namedIn, textIn, textsIn, truthIn, type PyValue } from './python/value.ts'

export function createModel(step: Step): void {
  const { context, node } = step
  const { app, state } = context
  const name = textIn(argument(step, 'name', 0))
  const listed = argument(step, 'fields', 1)
  const options = namedIn(argument(step, 'options', 2))
  if (name === null || listed?.type !== 'list' || options === null)
    return context.opaque(node, 'a model whose name, fields or options are not known')
  const key = `${app}.${name}`.toLowerCase()
  const given = textIn(options.get('db_table'))
  if (given === null && options.has('db_table'))
    return context.opaque(node, `the table of ${name} is not known`)
  const table = tableName(given ?? key.replace('.', '_'))
  const isManaged =
    !(options.has('managed') && truthIn(options.get('managed')) !== true) &&
    truthIn(options.get('proxy')) !== true
  const bases = argument(step, 'bases', 3)
  const swappable = textIn(options.get('swappable'))
  if (swappable !== null) state.swappable.set(swappable, key)
  const together = (option: string): DjangoModel['uniqueTogether'] => togetherIn(options.get(option)) ?? []
  state.put(key, {
    table,
    fields: new Map(),
    uniqueTogether: together('unique_together'),
    indexTogether: together('index_together'),
    isManaged,
  })
  const fields = readFields(step, listed, { app, model: name })
  if (!fields.some(([, field]) => field.isPrimary) && !isInheriting(bases)) {
    fields.unshift(['id', identityField])
  }
  for (const [each, field] of fields) state.putField(key, each, field)
  if (!isManaged) return
  emitTable(step, table, fields)
  if (isInheriting(bases))
    context.opaque(node, `${name} inherits from models whose columns are elsewhere`, [table])
  const columnsOf = (names: readonly string[]): readonly string[] =>
    names.map((each) => fields.find(([field]) => field === each)?.[1].column ?? each)
  for (const names of togetherIn(options.get('unique_together')) ?? []) {
    const columns = columnsOf(names)
    context.emit(node, {
      kind: 'add_constraint',
      table,
      constraint: 'unique',
      name: generatedNameOf(table, columns, '_uniq'),
      columns,
      isValidated: true,
    })
  }
  for (const names of togetherIn(options.get('index_together')) ?? []) {
    const columns = columnsOf(names)
    context.emit(node, indexOn(table, columns, generatedNameOf(table, columns, '_idx')))
  }
  if (
    togetherIn(options.get('unique_together')) === null ||
    togetherIn(options.get('index_together')) === null
  )
    context.opaque(node, `what is unique or indexed together in ${name} is not known`, [table])
  for (const each of listIn(options.get('indexes'))) readIndexOf(context, key, each)
  for (const each of listIn(options.get('constraints'))) readConstraintOf(context, key, each)
}

const identityField: DjangoField = {
  kind: 'column',
  column: 'id',
  type: 'integer',
  isKnown: true,
  nullable: false,
  isPrimary: true,
  isUnique: false,
  isIndexed: false,
  isIdentity: true,
  isPositive: false,
  isGenerated: false,
  databaseDefault: null,
  hasDefault: false,
}

function readFields(
  step: Step,
  listed: Extract<PyValue, { type: 'list' }>,
  where: { readonly app: string; readonly model: string },
): [string, DjangoField][] {
  return listed.items.flatMap((item): [string, DjangoField][] => {
    const [first, second] = item.type === 'list' ? item.items : []
    const name = textIn(first)
    const field =
      name === null || second === undefined
        ? null
        : readField(second, { name, ...where, state: step.context.state })
    if (name !== null && field !== null) return [[name, field]]
    step.context.opaque(item.node, 'a field that is not known')
    return []
  })
}

function emitTable({ context, node }: Step, table: string, fields: readonly [string, DjangoField][]): void {
  const columns = fields.filter(([, field]) => field.kind === 'column')
  const isSure = columns.every(([, field]) => field.isKnown)
  context.emit(
    node,
    {
      kind: 'create_table',
      table,
      columns: columns.map(([, field]) => columnOf(field)),
      primaryKey: columns.filter(([, field]) => field.isPrimary).map(([, field]) => field.column),
      ifNotExists: false,
    },
    isSure ? 'exact' : 'dynamic',
  )
  for (const [name, field] of fields) {
    if (field.kind === 'many_to_many') emitBetween({ context, node }, table, name, field)
    else emitColumnParts({ context, node }, table, field)
  }
}

export function deleteModel(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'name', 0)
  if (key === null) return context.opaque(node, 'a model that is not known is deleted')
  const model = context.state.models.get(key)
  const { table, isKnown } = context.state.tableOf(key)
  if (model?.isManaged !== false) {
    for (const [name, field] of model?.fields ?? []) {
      if (field.kind === 'many_to_many' && field.through != null)
        context.emit(node, {
          kind: 'drop_table',
          table: tableName(field.through === '' ? `${table}_${name}` : field.through),
          isCascading: false,
          ifExists: false,
        })
    }
    if (!isKnown) context.opaque(node, `the model ${key}, whose table is not in what was read, is deleted`)
    else context.emit(node, { kind: 'drop_table', table, isCascading: false, ifExists: false })
  }
  context.state.models.delete(key)
}

export function renameModel(step: Step): void {
  const { context, node } = step
  const from = textIn(argument(step, 'old_name', 0))
  const to = textIn(argument(step, 'new_name', 1))
  if (from === null || to === null)
    return context.opaque(node, 'a model is renamed, and the names are not known')
  const [key, newKey] = [from, to].map((each) => `${context.app}.${each}`.toLowerCase()) as [string, string]
  const model = context.state.models.get(key)
  if (model === undefined)
    return context.opaque(node, `the model ${key}, which is not in what was read, is renamed`)
  const made = key.replace('.', '_')
  context.state.models.delete(key)
  context.state.put(newKey, model.table === made ? { ...model, table: newKey.replace('.', '_') } : model)
  if (model.table !== made || !model.isManaged) return
  context.emit(node, { kind: 'rename_table', table: made, to: newKey.replace('.', '_') })
  // The tables between, and the columns in them, take the name of the model.
  if (
    [...context.state.models.values()].some((each) =>
      [...each.fields.values()].some(
        (field) =>
          field.kind === 'many_to_many' &&
          (each === context.state.models.get(newKey) || field.relation?.to === key),
      ),
    )
  )
    context.opaque(node, `the tables between ${from} and others are renamed with it`)
}

export function alterModelTable(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'name', 0)
  const given = argument(step, 'table', 1)
  const table = given?.type === 'none' ? key?.replace('.', '_') : textIn(given)
  const model = key === null ? undefined : context.state.models.get(key)
  if (key === null || table == null || model === undefined)
    return context.opaque(node, 'the table of a model is renamed, and the names are not known')
  if (model.table === tableName(table)) return
  context.emit(node, { kind: 'rename_table', table: model.table, to: tableName(table) })
  context.state.put(key, { ...model, table: tableName(table) })
  if ([...model.fields.values()].some((field) => field.kind === 'many_to_many'))
    context.opaque(node, `the tables between ${key} and others are renamed with it`)
}

export function alterTogether(step: Step, option: 'unique_together' | 'index_together'): void {
  const { context, node } = step
  const key = keyOfModel(step, 'name', 0)
  const given = togetherIn(argument(step, option, 1))
  const model = key === null ? undefined : context.state.models.get(key)
  if (key === null) return context.opaque(node, `${option} of a model that is not known`)
  const { table } = context.state.tableOf(key)
  if (given === null || model === undefined)
    return context.opaque(node, `${option} of ${key}, of which not all is known`, [table])
  const field = option === 'unique_together' ? 'uniqueTogether' : 'indexTogether'
  const before = model[field]
  const columnsOf = (names: readonly string[]): readonly string[] =>
    names.map((each) => model.fields.get(each)?.column ?? each)
  const has = (list: DjangoModel['uniqueTogether'], names: readonly string[]): boolean =>
    list.some((each) => each.join() === names.join())
  for (const names of before.filter((each) => !has(given, each))) {
    const columns = columnsOf(names)
    context.emit(
      node,
      option === 'unique_together'
        ? { kind: 'drop_constraint', table, constraint: 'unique', columns, ifExists: false }
        : { kind: 'drop_index', table, columns, isConcurrent: false, ifExists: false },
    )
  }
  for (const names of given.filter((each) => !has(before, each))) {
    const columns = columnsOf(names)
    context.emit(
      node,
      option === 'unique_together'
        ? {
            kind: 'add_constraint',
            table,
            constraint: 'unique',
            name: generatedNameOf(table, columns, '_uniq'),
            columns,
            isValidated: true,
          }
        : indexOn(table, columns, generatedNameOf(table, columns, '_idx')),
    )
  }
  context.state.put(key, { ...model, [field]: given })
}

function listIn(value: PyValue | undefined): readonly PyValue[] {
  return value?.type === 'list' ? value.items : []
}

function isInheriting(bases: PyValue | undefined): boolean {
  if (bases?.type !== 'list') return bases !== undefined
  // A text names another model, whose table this one extends.
  return bases.items.some((each) => each.type === 'text')
}

/** One tuple of names, or several. */
function togetherIn(value: PyValue | undefined): DjangoModel['uniqueTogether'] | null {
  if (value === undefined || value.type === 'none') return []
  const given =
    value.type === 'call' && value.path === 'set'
      ? (value.args[0] ?? ({ type: 'list', items: [], node: value.node } as const))
      : value
  if (given.type === 'dict' && given.entries.length === 0) return []
  if (given.type !== 'list') return null
  const one = textsIn(given)
  if (one !== null) return one.length === 0 ? [] : [one]
  const several = given.items.map(textsIn)
  return several.every((each) => each !== null) ? several : null
}
