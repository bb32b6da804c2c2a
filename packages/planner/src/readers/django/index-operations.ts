import { argument, type Context, type Step } from './context.ts'
import { keyOfModel } from './tables.ts'
import { generatedNameOf } from './names.ts'
import { textIn, textsIn, type PyValue } from './python/value.ts'

const methods: Readonly<Record<string, string>> = {
  Index: 'btree',
  BTreeIndex: 'btree',
  GinIndex: 'gin',
  GistIndex: 'gist',
  BrinIndex: 'brin',
  HashIndex: 'hash',
  SpGistIndex: 'spgist',
}

const ownIndexes = /^django\.(db\.models|contrib\.postgres\.indexes)\./

/** Of a model: an index in words of Django. Conditions and expressions are its own language, which is not read. */
export function readIndexOf(context: Context, key: string, value: PyValue, isConcurrent = false): void {
  const { table } = context.state.tableOf(key)
  const kind = value.type === 'call' ? (value.path.split('.').at(-1) ?? '') : ''
  const method = methods[kind]
  if (value.type !== 'call' || method === undefined || !ownIndexes.test(value.path) || value.isOpen)
    return context.opaque(value.node, 'an index that is not known', [table])
  const { named } = value
  const fields = textsIn(named.get('fields'))
  const name = textIn(named.get('name'))
  if (
    value.args.length > 0 ||
    fields === null ||
    name === null ||
    ['condition', 'opclasses', 'db_tablespace', 'include'].some((each) => named.has(each))
  )
    return context.opaque(
      value.node,
      `an index on ${key} with what is not read: an expression, a condition`,
      [table],
    )
  const model = context.state.models.get(key)
  const parts = fields.map((each) => {
    const bare = each.replace(/^-/, '')
    return { column: model?.fields.get(bare)?.column ?? bare, isDescending: each.startsWith('-') }
  })
  context.emit(
    value.node,
    {
      kind: 'create_index',
      table,
      name,
      elements: parts.map((each) => `${each.column}${each.isDescending ? ' desc' : ''}`),
      columns: parts.map((each) => each.column),
      isUnique: false,
      method,
      isConcurrent,
      ifNotExists: false,
    },
    model === undefined ? 'dynamic' : 'exact',
  )
}

export function readConstraintOf(context: Context, key: string, value: PyValue): void {
  const { table } = context.state.tableOf(key)
  const kind = value.type === 'call' ? (value.path.split('.').at(-1) ?? '') : ''
  const named = value.type === 'call' ? value.named : new Map<string, PyValue>()
  const name = textIn(named.get('name'))
  const fields = textsIn(named.get('fields'))
  const isPlain = ![...named.keys()].some(
    (each) => !['name', 'fields', 'violation_error_message', 'violation_error_code'].includes(each),
  )
  if (
    kind !== 'UniqueConstraint' ||
    name === null ||
    fields === null ||
    !isPlain ||
    (value.type === 'call' && (value.args.length > 0 || value.isOpen))
  )
    return context.opaque(value.node, `a constraint on ${key} whose condition is not read`, [table])
  const columns = fields.map((each) => context.state.models.get(key)?.fields.get(each)?.column ?? each)
  context.emit(value.node, {
    kind: 'add_constraint',
    table,
    constraint: 'unique',
    name,
    columns,
    isValidated: true,
  })
}

export function addIndex(step: Step, isConcurrent: boolean): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const index = argument(step, 'index', 1)
  if (key === null || index === undefined)
    return context.opaque(node, 'an index of a model that is not known')
  readIndexOf(context, key, index, isConcurrent)
}

export function removeIndex(step: Step, isConcurrent: boolean): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const name = textIn(argument(step, 'name', 1))
  if (key === null || name === null) return context.opaque(node, 'an index that is not known is removed')
  context.emit(node, {
    kind: 'drop_index',
    table: context.state.tableOf(key).table,
    name,
    isConcurrent,
    ifExists: false,
  })
}

export function renameIndex(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const to = textIn(argument(step, 'new_name', 1))
  const name = textIn(argument(step, 'old_name', 2))
  const fields = textsIn(argument(step, 'old_fields', 3))
  if (key === null || to === null || (name === null && fields === null))
    return context.opaque(node, 'an index is renamed, and the names are not known')
  const model = context.state.models.get(key)
  const { table } = context.state.tableOf(key)
  const columns = (fields ?? []).map((each) => model?.fields.get(each)?.column ?? each)
  context.emit(node, {
    kind: 'rename_index',
    table,
    name: name ?? generatedNameOf(table, columns, '_idx'),
    to,
  })
}

export function addConstraint(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const constraint = argument(step, 'constraint', 1)
  if (key === null || constraint === undefined)
    return context.opaque(node, 'a constraint of a model that is not known')
  readConstraintOf(context, key, constraint)
}

export function removeConstraint(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const name = textIn(argument(step, 'name', 1))
  if (key === null || name === null) return context.opaque(node, 'a constraint that is not known is removed')
  // A unique one with a condition is an index of that name.
  context.opaque(node, `the constraint ${name}, or the index that stands for it, is removed`, [
    context.state.tableOf(key).table,
  ])
}

export function validateConstraint(step: Step): void {
  const { context, node } = step
  const key = keyOfModel(step, 'model_name', 0)
  const name = textIn(argument(step, 'name', 1))
  if (key === null || name === null)
    return context.opaque(node, 'a constraint that is not known is validated')
  context.emit(node, { kind: 'validate_constraint', table: context.state.tableOf(key).table, name })
}
