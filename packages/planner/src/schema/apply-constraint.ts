import { constraintName, generatedName, splitName } from '../footprint/names.ts'
import type { Of } from '../footprint/touches.ts'
import { keepIndex, uniqueOn } from './apply-index.ts'
import { withNeeds } from './apply-table.ts'
import { Refusal, type Draft } from './draft.ts'
import { keyOf, type SchemaObject } from './schema.ts'

type ConstraintOperation = Of<
  | 'add_constraint'
  | 'add_foreign_key'
  | 'drop_constraint'
  | 'validate_constraint'
  | 'rename_constraint'
  | 'alter_constraint'
>

export function applyToConstraint(draft: Draft, operation: ConstraintOperation): string | null {
  const { table } = operation
  draft.need('table', table)
  switch (operation.kind) {
    case 'add_constraint':
      addConstraint(draft, operation)
      return null
    case 'add_foreign_key':
      addForeignKey(draft, operation)
      return null
    case 'drop_constraint': {
      const found = findConstraint(draft, operation)
      if (found === null) {
        if (operation.ifExists) return null
        throw new Refusal(`constraint ${operation.name ?? ''} of ${table} does not exist`)
      }
      const index = draft.find('index', `${splitName(table).schema}${found.path[1] ?? ''}`)
      if (index?.value['ofConstraint'] === true) draft.drop(index)
      draft.drop(found)
      return null
    }
    case 'validate_constraint': {
      const found = findConstraint(draft, operation)
      if (found === null) throw new Refusal(`constraint ${operation.name ?? ''} of ${table} does not exist`)
      draft.change(found, { isValidated: true })
      return null
    }
    case 'rename_constraint': {
      const found = draft.need('constraint', table, operation.name)
      draft.forget(keyOf('constraint', table, operation.name))
      draft.create({ ...found, path: [table, operation.to] })
      const { schema } = splitName(table)
      const index = draft.find('index', `${schema}${operation.name}`)
      if (index?.value['ofConstraint'] === true) {
        const path = [`${schema}${operation.to}`]
        draft.forget(keyOf('index', ...index.path))
        draft.create({ ...index, path })
        const moved = new Map([[keyOf('index', ...index.path), keyOf('index', ...path)]])
        for (const each of draft.all()) draft.put(withNeeds(each, moved))
      }
      return null
    }
    case 'alter_constraint':
      draft.change(draft.need('constraint', table, operation.name), { altered: operation.value })
      return null
    default:
      return operation satisfies never
  }
}

function addConstraint(draft: Draft, operation: Of<'add_constraint'>): void {
  const { table, constraint, columns, expression, isValidated, options, usingIndex } = operation
  draft.needColumns(table, columns)
  const name = constraintName(operation)
  if (usingIndex !== undefined) draft.drop(draft.need('index', `${splitName(table).schema}${usingIndex}`))
  // A primary key is valid, wherever it was said.
  const validity = constraint === 'primary_key' ? {} : { isValidated }
  const value = { constraint, columns, expression, ...validity, options }
  draft.create({ kind: 'constraint', path: [table, name], table, columns, value })
  if (constraint === 'primary_key' || constraint === 'not_null') {
    for (const each of columns) draft.change(draft.need('column', table, each), { nullable: false })
  }
  if (constraint === 'primary_key' || constraint === 'unique' || constraint === 'exclusion') {
    keepIndex(draft, { table, name, columns, isUnique: constraint !== 'exclusion', ofConstraint: true })
  }
}

function addForeignKey(draft: Draft, operation: Of<'add_foreign_key'>): void {
  const { table, columns, references, actions, isValidated } = operation
  const referenced = draft.need('table', references)
  draft.needColumns(table, columns)
  const to =
    operation.referencedColumns.length > 0 ? operation.referencedColumns : keyColumns(draft, references)
  draft.needColumns(references, to)
  const unique = uniqueOn(draft, references, to)
  if (unique === undefined && draft.isComplete)
    throw new Refusal(`${references} (${to.join(', ')}) is not unique`)
  draft.create({
    kind: 'constraint',
    path: [table, operation.name ?? generatedName(splitName(table).bare, columns, 'fkey')],
    table,
    columns,
    needs: [
      keyOf('table', ...referenced.path),
      ...to.map((each) => keyOf('column', references, each)),
      ...(unique === undefined ? [] : [keyOf('index', ...unique.path)]),
    ],
    value: { constraint: 'foreign_key', columns, references, to, actions, isValidated },
  })
}

function keyColumns(draft: Draft, table: string): readonly string[] {
  const key = draft.partsOf(table).find(({ value }) => value['constraint'] === 'primary_key')
  return key?.columns ?? ['id']
}

interface ConstraintRef {
  readonly table: string
  readonly name?: string
  readonly columns?: readonly string[]
  readonly references?: string
}

function findConstraint(
  draft: Draft,
  { table, name, columns, references }: ConstraintRef,
): SchemaObject | null {
  if (name !== undefined) {
    const found = draft.find('constraint', table, name)
    if (found === undefined && !draft.isComplete) return draft.need('constraint', table, name)
    return found ?? null
  }
  const wanted = columns?.join()
  const found = draft
    .partsOf(table)
    .find(
      ({ kind, columns: on, value }) =>
        kind === 'constraint' &&
        (wanted === undefined || on?.join() === wanted) &&
        (references === undefined || value['references'] === references),
    )
  if (found !== undefined) return found
  return draft.isComplete
    ? null
    : { kind: 'constraint', path: [table, `of ${wanted ?? references ?? ''}`], value: {} }
}
