import type { OperationOrigin, OtherOperation, TypeOperation } from '../model/operation.ts'
import type { Touch } from '../model/resource.ts'
import { providedBy } from './extensions.ts'
import { column, insideOf, onTable, schemaOf, touch, type Of } from './touches.ts'

export function ofOther(
  operation: (TypeOperation & OperationOrigin) | (OtherOperation & OperationOrigin),
): Touch[] {
  const { name } = operation
  switch (operation.kind) {
    case 'create_enum':
      return [touch('type', [name], 'create'), ...schemaOf(name)]
    case 'add_enum_value':
      return [
        touch('type', [name], 'use'),
        touch('enum_value', [name, operation.value], 'create'),
        // Where it stands among the others is part of the schema: two additions at one place are told apart by their order.
        touch('type', [name], 'modify', `order after ${placeAmongValues(operation)}`),
        ...(operation.neighbour === undefined
          ? []
          : [touch('enum_value', [name, operation.neighbour.value], 'use')]),
      ]
    case 'rename_enum_value':
      return [
        touch('type', [name], 'use'),
        touch('enum_value', [name, operation.value], 'drop'),
        touch('enum_value', [name, operation.to], 'create'),
      ]
    case 'drop_type':
      return [touch('type', [name], 'drop')]
    case 'create_extension':
    case 'drop_extension': {
      const mode = operation.kind === 'create_extension' ? 'create' : 'drop'
      return [
        touch('extension', [name], mode),
        ...providedBy(name).types.map((type) => touch('type', [type], mode)),
        ...providedBy(name).functions.map((each) => touch('function', [each], mode)),
      ]
    }
    case 'create_schema':
      return [touch('schema', [name], 'create')]
    case 'drop_schema':
      return [touch('schema', [name], 'drop')]
    case 'create_view':
      return [
        touch('relation', [name], operation.isReplacing ? 'unknown' : 'create'),
        touch('type', [name], operation.isReplacing ? 'unknown' : 'create'),
        ...schemaOf(name),
        // Which columns it uses is not resolved: any change of a column of what it reads may matter.
        ...operation.reads.flatMap((read) => [onTable(read), column(read, '*', 'use')]),
      ]
    case 'drop_view':
      return [touch('relation', [name], 'drop'), touch('type', [name], 'drop')]
    case 'create_function':
      // What its body needs is looked up when it runs, not when it is created.
      return [touch('function', [name], operation.isReplacing ? 'unknown' : 'create'), ...schemaOf(name)]
    case 'drop_function':
      return [touch('function', [name], 'drop')]
    case 'create_trigger':
      return [
        onTable(operation.table),
        touch('trigger', [operation.table, name], 'create'),
        touch('function', [operation.function], 'use'),
      ]
    case 'drop_trigger':
      return [insideOf(operation.table), touch('trigger', [operation.table, name], 'drop')]
    case 'create_sequence':
      return [touch('relation', [name], 'create'), ...schemaOf(name)]
    case 'alter_sequence':
      return [touch('relation', [name], 'unknown')]
    case 'drop_sequence':
      return [touch('relation', [name], 'drop')]
    default:
      return operation satisfies never
  }
}

function placeAmongValues(operation: Of<'add_enum_value'>): string {
  return operation.neighbour === undefined
    ? 'the last'
    : `${operation.neighbour.side} ${operation.neighbour.value}`
}
