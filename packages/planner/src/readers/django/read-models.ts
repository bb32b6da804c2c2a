/**
 * Django's `models.py` → the operations that would make its tables, as `CreateModel` would.
 *
 * Promise: what of a model is not known is opaque and says which table. Nothing is run; a base class that is in another file is not
 * read, so that a model that stands on one is opaque.
 */
import type { Operation } from '../../model/operation.ts'
import type { SqlReader, SqlSource } from '../sql/read-sql.ts'
import type { Context } from './context.ts'
import { createModel } from './model-operations.ts'
import { evaluate } from './python/evaluate.ts'
import { assignment, nameOfDefinition, readModule, type PyModule } from './python/module.ts'
import { childNamed, everyNode, statementsOf, type ParsePython, type PyNode } from './python/tree.ts'
import { textIn, truthIn, type CallValue, type PyValue } from './python/value.ts'
import type { DjangoState } from './state.ts'

export interface ModelsRead {
  readonly operations: readonly Operation[]
  /** What migrations of the app go on from. */
  readonly state: DjangoState
  /** By `table.column`: where its field stands. */
  readonly lines: ReadonlyMap<string, number>
}

export interface ModelsSource extends SqlSource {
  readonly state: DjangoState
  /** The field that a model without a key gets: `BigAutoField` since Django 3.2. */
  readonly autoField: string
}

/** `shop/models.py` and `shop/models/order.py` are of the app `shop`. */
export function appOfModels(file: string): string {
  return /(?:^|\/)([^/]+)\/models(?:\.py$|\/)/.exec(file)?.[1] ?? ''
}

export function readModels(
  { parse, sql }: { readonly parse: ParsePython; readonly sql: SqlReader },
  { file, text, state, autoField }: ModelsSource,
): ModelsRead {
  const module = readModule(parse(text))
  const operations: Operation[] = []
  const lines = new Map<string, number>()
  const app = appOfModels(file)
  const context: Context = {
    file,
    app,
    module,
    state,
    sql,
    executed: sql,
    emit: (node, body, confidence = 'exact') => {
      const weakest = body.kind === 'opaque' ? 'opaque' : confidence
      operations.push({ ...body, confidence: weakest, place: { file, line: node.line } })
    },
    opaque: (node, reason, touches) =>
      context.emit(node, { kind: 'opaque', reason, touches: touches ?? 'anything' }),
  }
  const broken = [...everyNode(module.root)].find((each) => each.isError)
  if (broken !== undefined) context.opaque(broken, 'it is not Python that can be read')
  else for (const each of module.classes) readClass(context, each, { autoField, lines })
  return { operations, state, lines }
}

const plainBase =
  /^django\.db\.models\.(?:Manager|QuerySet|TextChoices|IntegerChoices|Choices|[A-Z]\w*Field|Func|Lookup|Transform)$|^(?:object|Exception|ValueError|str|int|enum\.\w*Enum|typing\.\w+)$/

function readClass(
  context: Context,
  node: PyNode,
  { autoField, lines }: { readonly autoField: string; readonly lines: Map<string, number> },
): void {
  const kind = kindOf(context.module, node)
  if (kind === 'other') return
  const shape = kind === 'unknown' ? null : shapeOf(context.module, node)
  const name = nameOfDefinition(node)
  if (shape === null || shape === 'abstract') {
    const table = tableOf(context, node)
    const reason = `not all of the class ${name} is in this file`
    if (shape === null) context.opaque(node, reason, table === null ? undefined : [table])
    return
  }
  const { fields, options } = shape
  const hasKey = fields.some(([, field]) => truthIn(field.named.get('primary_key')) === true)
  const text = (value: string): PyValue => ({ type: 'text', text: value, node })
  const list = (items: readonly PyValue[]): PyValue => ({ type: 'list', items, node })
  const key: PyValue = {
    type: 'call',
    path: `django.db.models.${autoField}`,
    args: [],
    named: new Map([['primary_key', { type: 'boolean', isTrue: true, node } as const]]),
    isOpen: false,
    node,
  }
  const all: readonly (readonly [string, PyValue])[] = [...(hasKey ? [] : [['id', key] as const]), ...fields]
  const named = new Map<string, PyValue>([
    ['name', text(name)],
    ['fields', list(all.map(([field, value]) => list([text(field), value])))],
    [
      'options',
      { type: 'dict', entries: [...options].map(([option, value]) => [text(option), value] as const), node },
    ],
  ])
  const call = { type: 'call', path: 'CreateModel', args: [], named, isOpen: false, node } as const
  createModel({ context, call, node })
  const model = context.state.models.get(`${context.app}.${name}`.toLowerCase())
  for (const [field, value] of fields) {
    const column = model?.fields.get(field)?.column
    if (model !== undefined && column !== undefined) lines.set(`${model.table}.${column}`, value.node.line)
  }
}

/** Null where it is not known. */
function tableOf({ app, module }: Context, node: PyNode): string | null {
  const made = `${app}_${nameOfDefinition(node)}`.toLowerCase()
  const meta = statementsOf(node).find(
    (each) => each.name === 'ClassDefinition' && nameOfDefinition(each) === 'Meta',
  )
  if (meta === undefined) return made
  const given = statementsOf(meta)
    .map(assignment)
    .find((each) => each?.name === 'db_table')
  if (given == null) return basesOf(meta).length > 0 ? null : made
  return textIn(evaluate(module, given.value))
}

interface Shape {
  readonly fields: readonly (readonly [string, CallValue & { readonly node: PyNode }])[]
  readonly options: ReadonlyMap<string, PyValue>
}

/** A model; a class that is none; or one that nobody knows of, since what it stands on is elsewhere. */
function kindOf(module: PyModule, node: PyNode, depth = 0): 'model' | 'other' | 'unknown' {
  if (depth > basesMax) return 'unknown'
  const kinds = basesOf(node).map((base): 'model' | 'other' | 'unknown' => {
    const own = module.classes.find((each) => nameOfDefinition(each) === base.text)
    if (own !== undefined) return kindOf(module, own, depth + 1)
    const value = evaluate(module, base)
    if (value.type !== 'path') return 'unknown'
    if (/^django\.db\.models\.(?:base\.)?Model$/.test(value.path)) return 'model'
    return plainBase.test(value.path) ? 'other' : 'unknown'
  })
  if (kinds.includes('unknown')) return 'unknown'
  return kinds.includes('model') ? 'model' : 'other'
}

const basesMax = 10

function basesOf(node: PyNode): readonly PyNode[] {
  const list = childNamed(node, 'ArgList')?.children ?? []
  return list.filter((each) => /^(?:VariableName|MemberExpression|CallExpression)$/.test(each.name))
}

/** With what the abstract classes of this file say; null where something in it is not known. */
function shapeOf(module: PyModule, node: PyNode): Shape | 'abstract' | null {
  const fields: [string, CallValue & { readonly node: PyNode }][] = []
  const options = new Map<string, PyValue>()
  for (const base of basesOf(node)) {
    const own = module.classes.find((each) => nameOfDefinition(each) === base.text)
    if (own === undefined || kindOf(module, own) !== 'model') continue
    const above = bodyOf(module, own)
    // A model that is not abstract has a table of its own, which this one extends.
    if (above === null || truthIn(above.options.get('abstract')) !== true) return null
    // What is inherited through several, or an own Meta, is put together in ways that are not followed.
    if (basesOf(own).length > 1 || above.options.size > 1) return null
    fields.push(...above.fields)
  }
  const body = bodyOf(module, node)
  if (body === null) return null
  for (const each of body.fields) {
    const before = fields.findIndex(([name]) => name === each[0])
    if (before === -1) fields.push(each)
    else fields[before] = each
  }
  for (const [name, value] of body.options) options.set(name, value)
  return truthIn(options.get('abstract')) === true ? 'abstract' : { fields, options }
}

interface Body {
  readonly fields: [string, CallValue & { readonly node: PyNode }][]
  readonly options: Map<string, PyValue>
}

function bodyOf(module: PyModule, node: PyNode): Body | null {
  const body: Body = { fields: [], options: new Map() }
  for (const statement of statementsOf(node)) {
    if (statement.name === 'ClassDefinition' && nameOfDefinition(statement) === 'Meta') {
      if (basesOf(statement).length > 0) return null
      for (const option of statementsOf(statement)) {
        const written = assignment(option)
        if (written !== null) body.options.set(written.name, evaluate(module, written.value))
      }
    }
    const written = assignment(statement)
    if (written === null) {
      // What decides while it is loaded may declare fields, too.
      if (/^(?:If|For|While|With|Try|Update)Statement$/.test(statement.name)) return null
      continue
    }
    const value = evaluate(module, written.value)
    if (value.type !== 'call') continue
    if (isField(value)) body.fields.push([written.name, value])
    else if (!isManager(module, value)) return null
  }
  return body
}

function isField({ path }: CallValue): boolean {
  return /(?:Field|ForeignKey|Key|GenericRelation)$/.test(path)
}

const computing =
  /^(?:django\.db\.models\.Manager|django\.utils\.translation\.\w+|property|collections\.namedtuple)$/

/** What is imported may be a field that is not called one. */
function isManager(module: PyModule, { path }: CallValue): boolean {
  const [first = '', ...rest] = path.split('.')
  const own = module.classes.find((each) => nameOfDefinition(each) === first)
  const isOwn = own !== undefined && kindOf(module, own) === 'other'
  return computing.test(path) || (isOwn && (rest.length === 0 || rest.join() === 'as_manager'))
}
