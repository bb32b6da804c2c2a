import {
  argumentOf,
  attributeOf,
  columnDefinition,
  columnName,
  quoted,
  textIn,
  type EnumShape,
} from './column.ts'
import { generatedName, type ModelShape } from './model-shape.ts'
import type { Attribute, Field, Value } from './parse-schema.ts'

interface Statement {
  readonly line: number
  readonly sql: string
}

interface Written {
  readonly own: Statement[]
  readonly keys: Statement[]
  readonly unknown: { readonly line: number; readonly reason: string; readonly table: string }[]
}

interface Known {
  readonly models: ReadonlyMap<string, ModelShape>
  readonly enums: ReadonlyMap<string, EnumShape>
  /** Views, to which there are no keys. */
  readonly others: ReadonlySet<string>
}

/** Each column, key and index in a statement of its own, so that each has its line. */
export function statementsOf(model: ModelShape, known: Known): Written {
  const { block, table, sql } = model
  const written: Written = {
    own: [{ line: block.line, sql: `create table ${sql} ()` }],
    keys: [],
    unknown: [],
  }
  const fail = (line: number, reason: string): void => void written.unknown.push({ line, reason, table })
  for (const field of block.fields) {
    const type = field.type?.type === 'name' ? field.type.text : ''
    const target = known.models.get(type)
    if (target !== undefined) addForeignKey(written, model, { field, target, fail })
    else if (!known.others.has(type)) addColumn(written, model, { field, known, fail })
  }
  for (const attribute of block.attributes) addKey(written, model, { attribute, fail })
  return written
}

type Fail = (line: number, reason: string) => void

function addColumn(
  { own }: Written,
  { sql, bare }: ModelShape,
  { field, known, fail }: { readonly field: Field; readonly known: Known; readonly fail: Fail },
): void {
  const { line } = field
  const definition = columnDefinition(field, known.enums)
  if (definition === null) return fail(line, `the type or the default of ${field.name}`)
  own.push({ line, sql: `alter table ${sql} add column ${definition}` })
  const column = columnName(field)
  const id = attributeOf(field, 'id')
  if (id !== undefined) {
    const name = textIn(argumentOf(id, 'map')) ?? `${bare}_pkey`
    own.push({
      line,
      sql: `alter table ${sql} add constraint ${quoted(name)} primary key (${quoted(column)})`,
    })
  }
  const unique = attributeOf(field, 'unique')
  if (unique === undefined) return
  const name = textIn(argumentOf(unique, 'map')) ?? generatedName(bare, [column], 'key')
  own.push({ line, sql: `create unique index ${quoted(name)} on ${sql} (${quoted(column)})` })
}

function addKey(
  { own }: Written,
  model: ModelShape,
  { attribute, fail }: { readonly attribute: Attribute; readonly fail: Fail },
): void {
  const { name, line } = attribute
  if (name === 'map' || name === 'schema' || name === 'ignore') return
  const elements = elementsIn(model, argumentOf(attribute, 'fields', 0))
  const type = argumentOf(attribute, 'type')
  if (
    elements === null ||
    !['id', 'unique', 'index'].includes(name) ||
    (type !== undefined && type.type !== 'name')
  )
    return fail(line, `@@${name}`)
  const columns = elements.map((each) => each.column)
  const suffix = { id: 'pkey', unique: 'key', index: 'idx' }[name] ?? ''
  const made = name === 'id' ? `${model.bare}_pkey` : generatedName(model.bare, columns, suffix)
  const key = quoted(textIn(argumentOf(attribute, 'map')) ?? made)
  const list = elements.map((each) => `${quoted(each.column)}${each.order}`).join(', ')
  if (name === 'id')
    own.push({ line, sql: `alter table ${model.sql} add constraint ${key} primary key (${list})` })
  else {
    const method = type === undefined ? '' : ` using ${type.text.toLowerCase()}`
    own.push({
      line,
      sql: `create ${name === 'unique' ? 'unique ' : ''}index ${key} on ${model.sql}${method} (${list})`,
    })
  }
}

interface Element {
  readonly column: string
  readonly order: string
}

/** `[a, b(sort: Desc)]`; null for what is not known. */
function elementsIn(model: ModelShape, value: Value | undefined): readonly Element[] | null {
  if (value?.type !== 'list') return null
  const elements = value.items.map((each): Element | null => {
    const name = each.type === 'name' ? each.text : each.type === 'call' ? each.name : ''
    const column = model.columnOf(name)
    if (column === null) return null
    if (each.type !== 'call') return { column, order: '' }
    const [only, ...others] = each.args
    const isSort = only?.name === 'sort' && only.value.type === 'name' && others.length === 0
    return isSort && only.value.type === 'name'
      ? { column, order: only.value.text === 'Desc' ? ' desc' : '' }
      : null
  })
  return elements.every((each) => each !== null) ? elements : null
}

function addForeignKey(
  { keys }: Written,
  model: ModelShape,
  { field, target, fail }: { readonly field: Field; readonly target: ModelShape; readonly fail: Fail },
): void {
  const relation = attributeOf(field, 'relation')
  if (argumentOf(relation, 'fields') === undefined) return
  const columns = elementsIn(model, argumentOf(relation, 'fields'))?.map((each) => each.column)
  const referenced = elementsIn(target, argumentOf(relation, 'references'))?.map((each) => each.column)
  const onDelete = actionIn(argumentOf(relation, 'onDelete'), field.isOptional ? 'SetNull' : 'Restrict')
  const onUpdate = actionIn(argumentOf(relation, 'onUpdate'), 'Cascade')
  if (columns === undefined || referenced === undefined || onDelete === null || onUpdate === null)
    return fail(field.line, `the relation ${field.name}`)
  const name = quoted(textIn(argumentOf(relation, 'map')) ?? generatedName(model.bare, columns, 'fkey'))
  const list = (names: readonly string[]): string => names.map(quoted).join(', ')
  const to = `${target.sql} (${list(referenced)}) on delete ${onDelete} on update ${onUpdate}`
  keys.push({
    line: field.line,
    sql: `alter table ${model.sql} add constraint ${name} foreign key (${list(columns)}) references ${to}`,
  })
}

const actions: Readonly<Record<string, string>> = {
  Cascade: 'cascade',
  Restrict: 'restrict',
  NoAction: 'no action',
  SetNull: 'set null',
  SetDefault: 'set default',
}

function actionIn(value: Value | undefined, fallback: string): string | null {
  const name = value === undefined ? fallback : value.type === 'name' ? value.text : ''
  return actions[name] ?? null
}

/** Two lists of each other, of which neither has fields: Prisma makes a table, in a way that has changed. */
export function manyToMany(
  models: readonly ModelShape[],
): readonly { readonly line: number; readonly table: string }[] {
  const lists = models.flatMap(({ block }) =>
    block.fields.flatMap((field) => {
      const isOpen = field.isList && argumentOf(attributeOf(field, 'relation'), 'fields') === undefined
      if (!isOpen || field.type?.type !== 'name') return []
      const name = textIn(argumentOf(attributeOf(field, 'relation'), 'name', 0))
      return [{ from: block.name, to: field.type.text, name, line: field.line }]
    }),
  )
  const found = lists.flatMap((one) => {
    const other = lists.find(
      (each) => each !== one && each.from === one.to && each.to === one.from && each.name === one.name,
    )
    const table = `_${one.name ?? [one.from, one.to].toSorted().join('To')}`
    return other === undefined ? [] : [{ line: one.line, table }]
  })
  return [...new Map(found.map((each) => [each.table, each])).values()]
}
