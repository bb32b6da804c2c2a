import type { Column } from '../../model/operation.ts'
import { argument, type Step } from './context.ts'
import type { DjangoField } from './field.ts'
import { generatedNameOf } from './names.ts'
import { textIn } from './python/value.ts'
import type { DjangoState } from './state.ts'

export function keyOfModel(step: Step, name: string, at: number): string | null {
  const model = textIn(argument(step, name, at))
  return model === null ? null : `${step.context.app}.${model}`.toLowerCase()
}

/** `"schema"."table"`, as people write it to leave the default schema. */
export function tableName(written: string): string {
  return written.replaceAll('"', '')
}

export function columnOf(field: DjangoField): Column {
  return {
    name: field.column,
    type: field.type,
    nullable: field.nullable && !field.isPrimary,
    ...(field.databaseDefault === null ? {} : { default: field.databaseDefault }),
    ...(field.isIdentity ? { generated: 'identity' as const } : {}),
    ...(field.isGenerated ? { generated: 'stored' as const } : {}),
  }
}

export function indexOn(table: string, columns: readonly string[], name: string) {
  return {
    kind: 'create_index',
    table,
    name,
    elements: columns,
    columns,
    isUnique: false,
    method: 'btree',
    isConcurrent: false,
    ifNotExists: false,
  } as const
}

/** As the readers of SQL spell them; MySQL checks a reference at once. */
export function referenceActions({ engine }: DjangoState): string {
  return engine === 'mysql' ? 'aas' : 'aas deferrable deferred'
}

/** The table that stands for many to many, unless a model does. */
export function emitBetween(
  { context, node }: Pick<Step, 'context' | 'node'>,
  table: string,
  name: string,
  field: DjangoField,
): void {
  const { through, relation } = field
  if (through == null || relation === undefined) return
  const between = tableName(through === '' ? `${table}_${name}` : through)
  const own = context.state
  const [from] = [...own.models].find(([, model]) => model.table === table) ?? ['']
  const bare = (key: string): string => key.split('.').at(-1) ?? key
  const isSelf = from === relation.to
  const sides = [
    { column: `${isSelf ? `from_${bare(from)}` : bare(from)}_id`, table, key: own.keyOf(from) },
    {
      column: `${isSelf ? `to_${bare(relation.to)}` : bare(relation.to)}_id`,
      table: relation.table,
      key: own.keyOf(relation.to),
    },
  ]
  const isSure = relation.isKnown && sides.every((side) => side.key !== null)
  const columns: Column[] = [
    { name: 'id', type: 'bigint', nullable: false, generated: 'identity' },
    ...sides.map((side) => ({ name: side.column, type: side.key?.type ?? 'bigint', nullable: false })),
  ]
  const confidence = isSure ? 'exact' : 'dynamic'
  context.emit(
    node,
    { kind: 'create_table', table: between, columns, primaryKey: ['id'], ifNotExists: false },
    confidence,
  )
  for (const side of sides) {
    const key = side.key?.column ?? 'id'
    context.emit(
      node,
      {
        kind: 'add_foreign_key',
        table: between,
        name: generatedNameOf(between, [side.column], `_fk_${side.table}_${key}`),
        columns: [side.column],
        references: side.table,
        referencedColumns: [key],
        actions: referenceActions(own),
        isValidated: true,
        isInline: true,
      },
      confidence,
    )
    if (own.engine !== 'mysql')
      context.emit(node, indexOn(between, [side.column], generatedNameOf(between, [side.column])), confidence)
  }
  const pair = sides.map((side) => side.column)
  context.emit(
    node,
    {
      kind: 'add_constraint',
      table: between,
      constraint: 'unique',
      name: generatedNameOf(between, pair, '_uniq'),
      columns: pair,
      isValidated: true,
    },
    confidence,
  )
}
