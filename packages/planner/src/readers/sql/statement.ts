import type { OperationBody } from '../../model/operation.ts'
import { cascading, readAlterTable, type Located } from './alter-table.ts'
import {
  findAll,
  joinName,
  nameOf,
  nodeOf,
  nodesOf,
  normalText,
  relationName,
  stringsOf,
  tablesRead,
  textOf,
  type Fields,
  type Node,
} from './ast.ts'
import { readCreateTable, readIndex, readTableAs } from './create.ts'
import { readDrop, readRename } from './drop-and-rename.ts'

/** What one statement does; what has no reading here is opaque, and says which statement it was. */
export function readStatement(statement: Node): readonly Located[] {
  const { type, fields } = statement
  switch (type) {
    case 'AlterTableStmt':
      return readAlterTable(fields)
    case 'CreateStmt':
      return readCreateTable(fields)
    case 'DropStmt':
      return readDrop(fields)
    case 'RenameStmt':
      return [{ body: readRename(fields) }]
    case 'TruncateStmt':
      if (fields['behavior'] === 'DROP_CASCADE') return [cascading('TRUNCATE')]
      return [
        {
          body: writing(
            'truncate',
            nodesOf(fields['relations']).map((each) => relationName(each.fields)),
            [],
          ),
        },
      ]
    default:
      return [{ body: readOne(type, fields) }]
  }
}

function readOne(type: string, fields: Fields): OperationBody {
  switch (type) {
    case 'IndexStmt':
      return readIndex(fields)
    case 'CreateEnumStmt':
      return {
        kind: 'create_enum',
        name: joinName(stringsOf(fields['typeName'])),
        values: stringsOf(fields['vals']),
      }
    case 'AlterEnumStmt':
      return readEnum(fields)
    case 'CreateExtensionStmt': {
      const name = textOf(fields['extname'])
      return { kind: 'create_extension', name, isLenient: fields['if_not_exists'] === true }
    }
    case 'CreateSchemaStmt':
      if (nodesOf(fields['schemaElts']).length > 0) return opaque('CREATE SCHEMA with objects in it')
      return {
        kind: 'create_schema',
        name: textOf(fields['schemaname']),
        isLenient: fields['if_not_exists'] === true,
      }
    case 'ViewStmt':
      return {
        kind: 'create_view',
        name: relationName(fields['view']),
        isMaterialized: false,
        isReplacing: fields['replace'] === true,
        reads: tablesRead(fields['query']),
        definition: normalText([fields['query'], fields['aliases'], fields['options']]),
      }
    case 'CreateTableAsStmt':
      return readTableAs(fields)
    case 'CreateFunctionStmt':
      return {
        kind: 'create_function',
        name: joinName(stringsOf(fields['funcname'])),
        isReplacing: fields['replace'] === true,
        definition: normalText([
          fields['parameters'],
          fields['returnType'],
          fields['options'],
          fields['sql_body'],
        ]),
      }
    case 'CreateTrigStmt':
      if (fields['replace'] === true)
        return opaque('CREATE OR REPLACE TRIGGER', [relationName(fields['relation'])])
      return {
        kind: 'create_trigger',
        table: relationName(fields['relation']),
        name: textOf(fields['trigname']),
        function: joinName(stringsOf(fields['funcname'])),
        definition: normalText(fields),
      }
    case 'CreateSeqStmt':
    case 'AlterSeqStmt': {
      const kind = type === 'CreateSeqStmt' ? 'create_sequence' : 'alter_sequence'
      return { kind, name: relationName(fields['sequence']), definition: normalText(fields['options']) }
    }
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return {
        kind: 'alter_table',
        table: relationName(fields['table']),
        aspect: 'policy',
        value: normalText(fields),
      }
    case 'CommentStmt':
      return readComment(fields)
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'MergeStmt': {
      const verb = (
        { InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete', MergeStmt: 'merge' } as const
      )[type]
      // A WITH clause may write, too.
      const also = ['InsertStmt', 'UpdateStmt', 'DeleteStmt'].flatMap((each) => findAll(fields, each))
      const writes = [fields, ...also].map((each) => relationName(each['relation']))
      return writing(verb, [...new Set(writes)], tablesRead(fields))
    }
    case 'CopyStmt':
      return fields['is_from'] === true
        ? writing('copy', [relationName(fields['relation'])], [])
        : { kind: 'session', text: 'COPY TO' }
    case 'RefreshMatViewStmt':
      return writing('refresh', [relationName(fields['relation'])], [])
    case 'TransactionStmt':
      return { kind: 'session', text: textOf(fields['kind']) }
    case 'VariableSetStmt':
      return readSetting(fields)
    case 'SelectStmt':
      // A function that is called may do anything, unless it is one of the server's that only compute.
      return callsUnknown(fields) ||
        ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].some(
          (each) => findAll(fields, each).length > 0,
        )
        ? opaque('SELECT that calls a function or writes')
        : { kind: 'session', text: 'SELECT' }
    default:
      return opaque(type === 'DoStmt' ? 'DO block' : type)
  }
}

const computing = new Set(
  `count sum min max avg bool_and bool_or every string_agg array_agg lower upper length trim btrim concat concat_ws replace
  substring substr split_part left right position format quote_ident quote_literal now clock_timestamp current_setting
  current_schema current_schemas current_database version to_regclass to_regtype to_regproc to_regnamespace pg_get_constraintdef
  pg_get_indexdef pg_get_expr has_table_privilege has_schema_privilege obj_description col_description array_length
  array_position cardinality unnest generate_series abs round ceil floor mod greatest least md5 to_char date_trunc age`.split(
    /\s+/,
  ),
)

function callsUnknown(fields: Fields): boolean {
  return findAll(fields, 'FuncCall').some((each) => {
    const name = stringsOf(each['funcname'])
    const isServers = name.length === 1 || name[0] === 'pg_catalog'
    return !isServers || !computing.has(name.at(-1) ?? '')
  })
}

function opaque(reason: string, touches: 'anything' | readonly string[] = 'anything'): OperationBody {
  return { kind: 'opaque', reason, touches }
}

type Verb = Extract<OperationBody, { kind: 'data' }>['verb']

function writing(verb: Verb, writes: readonly string[], reads: readonly string[]): OperationBody {
  return { kind: 'data', verb, writes, reads: reads.filter((each) => !writes.includes(each)) }
}

/** Settings of time and noise change no name; any other may change what the names after it mean. */
const harmlessSettings =
  /^(lock_timeout|statement_timeout|idle_in_transaction_session_timeout|client_min_messages|client_encoding|maintenance_work_mem|work_mem|standard_conforming_strings|xmloption)$/

function readSetting(fields: Fields): OperationBody {
  const name = textOf(fields['name'])
  return harmlessSettings.test(name) ? { kind: 'session', text: `SET ${name}` } : opaque(`SET ${name}`)
}

function readEnum(fields: Fields): OperationBody {
  const name = joinName(stringsOf(fields['typeName']))
  const value = textOf(fields['newVal'])
  const renamed = nameOf(fields['oldVal'])
  if (renamed !== undefined) return { kind: 'rename_enum_value', name, value: renamed, to: value }
  const neighbour = nameOf(fields['newValNeighbor'])
  const side = fields['newValIsAfter'] === true ? 'after' : 'before'
  return {
    kind: 'add_enum_value',
    name,
    value,
    ...(neighbour === undefined ? {} : { neighbour: { value: neighbour, side } }),
    ifNotExists: fields['skipIfNewValExists'] === true,
  }
}

function readComment(fields: Fields): OperationBody {
  const parts = stringsOf(nodeOf(fields['object']).fields['items'])
  const value = textOf(fields['comment'])
  if (fields['objtype'] === 'OBJECT_TABLE') {
    return { kind: 'alter_table', table: joinName(parts), aspect: 'comment', value }
  }
  if (fields['objtype'] === 'OBJECT_COLUMN') {
    const table = joinName(parts.slice(0, -1))
    return { kind: 'alter_column', table, column: parts.at(-1) ?? '', aspect: 'comment', value }
  }
  return opaque(`COMMENT on ${textOf(fields['objtype'])}`)
}
