import type { OperationBody } from '../../model/operation.ts'
import { cascading, type Located } from './alter-table.ts'
import { joinName, nodesOf, relationName, stringsOf, textOf, type Fields, type Node } from './ast.ts'

export function readDrop(fields: Fields): readonly Located[] {
  const what = textOf(fields['removeType'])
  const isCascading = fields['behavior'] === 'DROP_CASCADE'
  // What falls with it is not in the file.
  if (isCascading && what !== 'OBJECT_TABLE') return [cascading(`DROP ${what.replace('OBJECT_', '')}`)]
  return nodesOf(fields['objects']).map((object) => ({ body: readDropOf(what, object, fields) }))
}

function readDropOf(what: string, object: Node, fields: Fields): OperationBody {
  const ifExists = fields['missing_ok'] === true
  const parts = namesOf(object)
  const name = joinName(parts)
  switch (what) {
    case 'OBJECT_TABLE':
      return { kind: 'drop_table', table: name, isCascading: fields['behavior'] === 'DROP_CASCADE', ifExists }
    case 'OBJECT_INDEX':
      return { kind: 'drop_index', name, isConcurrent: fields['concurrent'] === true, ifExists }
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return { kind: 'drop_view', name, isMaterialized: what === 'OBJECT_MATVIEW', ifExists }
    case 'OBJECT_TYPE':
      return { kind: 'drop_type', name, ifExists }
    case 'OBJECT_FUNCTION':
      return { kind: 'drop_function', name, ifExists }
    case 'OBJECT_SEQUENCE':
      return { kind: 'drop_sequence', name, definition: '' }
    case 'OBJECT_EXTENSION':
      return { kind: 'drop_extension', name, isLenient: ifExists }
    case 'OBJECT_SCHEMA':
      return { kind: 'drop_schema', name, isLenient: ifExists }
    case 'OBJECT_TRIGGER':
      return { kind: 'drop_trigger', table: joinName(parts.slice(0, -1)), name: parts.at(-1) ?? '', ifExists }
    default:
      return { kind: 'opaque', reason: `DROP ${what.replace('OBJECT_', '')}`, touches: 'anything' }
  }
}

/** An object is named by a list, by a type name, by a function with its arguments, or by one string. */
function namesOf({ type, fields }: Node): readonly string[] {
  switch (type) {
    case 'List':
      return stringsOf(fields['items'])
    case 'TypeName':
      return stringsOf(fields['names'])
    case 'ObjectWithArgs':
      return stringsOf(fields['objname'])
    default:
      return [textOf(fields['sval'])]
  }
}

export function readRename(fields: Fields): OperationBody {
  const what = textOf(fields['renameType'])
  const table = relationName(fields['relation'])
  const to = textOf(fields['newname'])
  const name = textOf(fields['subname'])
  switch (what) {
    case 'OBJECT_TABLE':
      return { kind: 'rename_table', table, to: inSchemaOf(table, to) }
    case 'OBJECT_COLUMN':
      if (fields['relationType'] !== 'OBJECT_TABLE') break
      return { kind: 'rename_column', table, column: name, to }
    case 'OBJECT_INDEX':
      return { kind: 'rename_index', name: table, to: inSchemaOf(table, to) }
    case 'OBJECT_TABCONSTRAINT':
      return { kind: 'rename_constraint', table, name, to }
  }
  return { kind: 'opaque', reason: `RENAME of ${what.replace('OBJECT_', '')}`, touches: 'anything' }
}

/** A rename leaves the object in its schema. */
function inSchemaOf(name: string, bare: string): string {
  return `${name.slice(0, name.lastIndexOf('.') + 1)}${bare}`
}
