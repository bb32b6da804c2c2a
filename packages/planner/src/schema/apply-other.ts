import { splitName } from '../footprint/names.ts'
import type { OperationOrigin, OtherOperation, TypeOperation } from '../model/operation.ts'
import { Refusal, type Draft } from './draft.ts'
import { keyOf, type ObjectKind } from './schema.ts'

type Applicable = (OtherOperation & OperationOrigin) | (TypeOperation & OperationOrigin)

export function applyToOther(draft: Draft, operation: Applicable): string | null {
  const { name } = operation
  switch (operation.kind) {
    case 'create_enum':
      inSchema(draft, name)
      draft.create({ kind: 'enum', path: [name], value: { values: operation.values } })
      return null
    case 'add_enum_value':
    case 'rename_enum_value':
      return changeValues(draft, operation)
    case 'drop_type':
      return drop(draft, { kind: 'enum', name, isLenient: operation.ifExists })
    case 'create_extension':
    case 'create_schema': {
      const kind = operation.kind === 'create_extension' ? 'extension' : 'schema'
      const found = draft.find(kind, name)
      if (operation.isLenient && found !== undefined && found !== null) return null
      draft.create({ kind, path: [name], value: {} })
      return null
    }
    case 'drop_extension':
      return drop(draft, { kind: 'extension', name, isLenient: operation.isLenient })
    case 'drop_schema': {
      const inside = draft
        .all()
        .find((each) => each.table === undefined && each.path[0]?.startsWith(`${name}.`))
      if (inside !== undefined) throw new Refusal(`${keyOf(inside.kind, ...inside.path)} is in ${name}`)
      return drop(draft, { kind: 'schema', name, isLenient: operation.isLenient })
    }
    case 'create_view': {
      inSchema(draft, name)
      const needs = operation.reads.map((each) => draft.needReadable(each))
      const { definition, isMaterialized } = operation
      const view = { kind: 'view', path: [name], needs, value: { definition, isMaterialized } } as const
      const isThere = operation.isReplacing && draft.find('view', name) !== null
      if (isThere) draft.put(view)
      else draft.create(view)
      // What it selects depends on the columns of that moment.
      return `the columns of ${name} come from ${operation.reads.join(', ')}`
    }
    case 'drop_view':
      return drop(draft, { kind: 'view', name, isLenient: operation.ifExists })
    case 'create_function': {
      inSchema(draft, name)
      const made = { kind: 'function', path: [name], value: { definition: operation.definition } } as const
      if (operation.isReplacing) draft.put(made)
      else if (draft.find('function', name)) return `${name} exists already, perhaps with other arguments`
      else draft.create(made)
      return null
    }
    case 'drop_function':
      return drop(draft, { kind: 'function', name, isLenient: operation.ifExists })
    case 'create_trigger': {
      const { table, definition } = operation
      draft.need('table', table)
      draft.need('function', operation.function)
      const needs = [keyOf('function', operation.function)]
      draft.create({ kind: 'trigger', path: [table, name], table, needs, value: { definition } })
      return null
    }
    case 'drop_trigger': {
      const found = draft.find('trigger', operation.table, name)
      if (operation.ifExists && (found === null || (found === undefined && draft.isComplete))) return null
      draft.drop(draft.need('trigger', operation.table, name))
      return null
    }
    case 'create_sequence':
      inSchema(draft, name)
      draft.create({ kind: 'sequence', path: [name], value: { definition: operation.definition } })
      return null
    case 'alter_sequence':
      draft.change(draft.need('sequence', name), { altered: operation.definition })
      return null
    case 'drop_sequence':
      return drop(draft, { kind: 'sequence', name, isLenient: false })
    default:
      return operation satisfies never
  }
}

function inSchema(draft: Draft, name: string): void {
  const { schema } = splitName(name)
  if (schema !== '') draft.need('schema', schema.slice(0, -1))
}

function drop(
  draft: Draft,
  what: { readonly kind: ObjectKind; readonly name: string; readonly isLenient: boolean },
): string | null {
  const found = draft.find(what.kind, what.name)
  if (what.isLenient && (found === null || (found === undefined && draft.isComplete))) return null
  draft.drop(draft.need(what.kind, what.name))
  return null
}

type ValueOperation = Extract<Applicable, { kind: 'add_enum_value' | 'rename_enum_value' }>

function changeValues(draft: Draft, operation: ValueOperation): string | null {
  const type = draft.need('enum', operation.name)
  const known = type.value['values']
  if (!Array.isArray(known)) {
    draft.change(type, { [`${operation.kind} ${operation.value}`]: operation })
    return `the values of ${operation.name} are not known`
  }
  const values = known.map(String)
  if (operation.kind === 'rename_enum_value') {
    const at = values.indexOf(operation.value)
    if (at === -1) throw new Refusal(`${operation.value} is no value of ${operation.name}`)
    if (values.includes(operation.to))
      throw new Refusal(`${operation.to} is a value of ${operation.name} already`)
    draft.change(type, { values: values.with(at, operation.to) })
    return null
  }
  if (values.includes(operation.value)) {
    if (operation.ifNotExists) return null
    throw new Refusal(`${operation.value} is a value of ${operation.name} already`)
  }
  const { neighbour } = operation
  const at = neighbour === undefined ? values.length : values.indexOf(neighbour.value)
  if (at === -1) throw new Refusal(`${neighbour?.value} is no value of ${operation.name}`)
  draft.change(type, {
    values: values.toSpliced(neighbour?.side === 'after' ? at + 1 : at, 0, operation.value),
  })
  return null
}
