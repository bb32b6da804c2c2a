import type { OperationBody, TableAspect } from '../../model/operation.ts'
import { fieldsOf, nameOf, nodeOf, normalText, relationName, textOf, type Fields, type Node } from './ast.ts'
import { readColumn, readDefault, typeText } from './column.ts'
import { readConstraint } from './constraint.ts'

/** One body, and where in the text its own part begins, if the tree says so. */
export interface Located {
  readonly body: OperationBody
  /** It may turn out to do nothing, which is not in the file. */
  readonly isConditional?: boolean
  readonly offset?: number
}

const aspects: Readonly<Record<string, TableAspect>> = {
  AT_SetRelOptions: 'options',
  AT_ResetRelOptions: 'options',
  AT_SetLogged: 'logging',
  AT_SetUnLogged: 'logging',
  AT_ChangeOwner: 'owner',
  AT_EnableRowSecurity: 'row_security',
  AT_DisableRowSecurity: 'row_security',
  AT_ForceRowSecurity: 'row_security',
  AT_NoForceRowSecurity: 'row_security',
  AT_ReplicaIdentity: 'replica_identity',
  AT_ClusterOn: 'cluster',
  AT_DropCluster: 'cluster',
  AT_EnableTrig: 'triggers_enabled',
  AT_DisableTrig: 'triggers_enabled',
  AT_EnableTrigAll: 'triggers_enabled',
  AT_DisableTrigAll: 'triggers_enabled',
  AT_EnableTrigUser: 'triggers_enabled',
  AT_DisableTrigUser: 'triggers_enabled',
  AT_SetAccessMethod: 'access_method',
}

const columnAspects: Readonly<Record<string, 'statistics' | 'storage' | 'identity'>> = {
  AT_SetStatistics: 'statistics',
  AT_SetStorage: 'storage',
  AT_AddIdentity: 'identity',
  AT_SetIdentity: 'identity',
  AT_DropIdentity: 'identity',
}

export function readAlterTable(statement: Fields): readonly Located[] {
  const table = relationName(statement['relation'])
  if (statement['objtype'] !== 'OBJECT_TABLE') {
    const reason = `ALTER of ${textOf(statement['objtype']).replace('OBJECT_', '').toLowerCase()}`
    return [{ body: { kind: 'opaque', reason, touches: 'anything' } }]
  }
  const commands = Array.isArray(statement['cmds']) ? statement['cmds'] : []
  const isConditional = statement['missing_ok'] === true
  return commands
    .flatMap((each: unknown) => readCommand(table, nodeOf(each).fields))
    .map((each) => (isConditional ? { ...each, isConditional } : each))
}

function readCommand(table: string, command: Fields): readonly Located[] {
  const subtype = textOf(command['subtype'])
  const column = textOf(command['name'])
  const definition = nodeOf(command['def'])
  const value = normalText([subtype, command['name'], command['def'], command['newowner']])
  switch (subtype) {
    case 'AT_AddColumn':
      return readAddedColumn(table, definition.fields, command['missing_ok'] === true)
    case 'AT_DropColumn':
      if (command['behavior'] === 'DROP_CASCADE') return [cascading(`drop of ${table}.${column}`)]
      return [{ body: { kind: 'drop_column', table, column, ifExists: command['missing_ok'] === true } }]
    case 'AT_ColumnDefault': {
      const given = command['def'] === undefined ? null : readDefault(command['def'])
      return [{ body: { kind: 'set_default', table, column, default: given } }]
    }
    case 'AT_SetNotNull':
    case 'AT_DropNotNull':
      return [{ body: { kind: 'set_nullable', table, column, nullable: subtype === 'AT_DropNotNull' } }]
    case 'AT_AlterColumnType': {
      const using = definition.fields['raw_default']
      const type = typeText(definition.fields['typeName'])
      const collation = definition.fields['collClause']
      const more = {
        ...(using === undefined ? {} : { using: normalText(using) }),
        ...(collation === undefined ? {} : { collation: normalText(collation) }),
      }
      return [{ body: { kind: 'change_type', table, column, type, ...more }, ...offsetOf(definition) }]
    }
    case 'AT_AddConstraint': {
      const body = readConstraint(definition.fields, { table })
      return [{ body: body ?? unread(table, subtype), ...offsetOf(definition) }]
    }
    case 'AT_DropConstraint': {
      if (command['behavior'] === 'DROP_CASCADE') return [cascading(`drop of constraint ${column}`)]
      const ifExists = command['missing_ok'] === true
      return [{ body: { kind: 'drop_constraint', table, constraint: 'unknown', name: column, ifExists } }]
    }
    case 'AT_ValidateConstraint':
      return [{ body: { kind: 'validate_constraint', table, name: column } }]
    case 'AT_AlterConstraint': {
      const name = nameOf(definition.fields['conname'])
      return [
        {
          body:
            name === undefined ? unread(table, subtype) : { kind: 'alter_constraint', table, name, value },
        },
      ]
    }
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
      return readPartition(table, subtype, fieldsOf(definition.fields['name']))
  }
  const ofColumn = columnAspects[subtype]
  if (ofColumn !== undefined)
    return [{ body: { kind: 'alter_column', table, column, aspect: ofColumn, value } }]
  const aspect = aspects[subtype]
  return [
    { body: aspect === undefined ? unread(table, subtype) : { kind: 'alter_table', table, aspect, value } },
  ]
}

function readAddedColumn(table: string, definition: Fields, ifNotExists: boolean): readonly Located[] {
  const node: Node = { type: 'ColumnDef', fields: definition }
  const column = readColumn(definition)
  return [
    { body: { kind: 'add_column', table, column, ifNotExists }, ...offsetOf(node) },
    ...readColumnConstraints(table, definition),
  ]
}

/** What a column's definition declares beside the column; NOT NULL belongs to the column itself. */
export function readColumnConstraints(table: string, definition: Fields): readonly Located[] {
  const column = textOf(definition['colname'])
  const constraints = Array.isArray(definition['constraints']) ? definition['constraints'] : []
  return constraints.flatMap((each: unknown, at: number) => {
    const node = nodeOf(each)
    if (node.fields['contype'] === 'CONSTR_NOTNULL') return []
    const body = readConstraint({ ...node.fields, ...attributesAfter(constraints, at) }, { table, column })
    return body === null ? [] : [{ body, ...offsetOf(node) }]
  })
}

/** Inside a column's definition, what is said about a constraint stands after it, as constraints of their own. */
function attributesAfter(constraints: readonly unknown[], at: number): Fields {
  const found: Record<string, boolean> = {}
  for (const each of constraints.slice(at + 1)) {
    const type = textOf(nodeOf(each).fields['contype'])
    if (!type.startsWith('CONSTR_ATTR_')) break
    if (type === 'CONSTR_ATTR_DEFERRABLE') found['deferrable'] = true
    if (type === 'CONSTR_ATTR_DEFERRED') found['initdeferred'] = true
  }
  return found
}

function readPartition(table: string, subtype: string, partition: Fields): readonly Located[] {
  const aspect = subtype === 'AT_AttachPartition' ? 'attach_partition' : 'detach_partition'
  const other = relationName(partition)
  return [table, other].map((each) => ({
    body: { kind: 'alter_table', table: each, aspect, value: `${table} ${other}` },
  }))
}

/** What falls with it is in the database, not in the file. */
export function cascading(what: string): Located {
  return { body: { kind: 'opaque', reason: `${what} with CASCADE`, touches: 'anything' } }
}

function unread(table: string, subtype: string): OperationBody {
  return { kind: 'opaque', reason: `ALTER TABLE, ${subtype}`, touches: [table] }
}

export function offsetOf(node: Node): { readonly offset?: number } {
  const offset = node.fields['location']
  return typeof offset === 'number' ? { offset } : {}
}
