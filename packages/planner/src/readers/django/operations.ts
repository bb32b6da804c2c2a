import type { OperationBody } from '../../model/operation.ts'
import { argument, type Context, type Step } from './context.ts'
import { addField, alterField, orderWithRespectTo, removeField, renameField } from './field-operations.ts'
import {
  addConstraint,
  addIndex,
  removeConstraint,
  removeIndex,
  renameIndex,
  validateConstraint,
} from './index-operations.ts'
import { alterModelTable, alterTogether, createModel, deleteModel, renameModel } from './model-operations.ts'
import { textIn, type PyValue } from './python/value.ts'
import { runPython, runSql } from './run-python.ts'

type Operation = (step: Step) => void

const nothing: Operation = () => undefined

const operations: Readonly<Record<string, Operation>> = {
  CreateModel: createModel,
  DeleteModel: deleteModel,
  RenameModel: renameModel,
  AlterModelTable: alterModelTable,
  AlterModelOptions: nothing,
  AlterModelManagers: nothing,
  AlterUniqueTogether: (step) => alterTogether(step, 'unique_together'),
  AlterIndexTogether: (step) => alterTogether(step, 'index_together'),
  AlterOrderWithRespectTo: orderWithRespectTo,
  AddField: addField,
  RemoveField: removeField,
  AlterField: alterField,
  RenameField: renameField,
  AddIndex: (step) => addIndex(step, false),
  AddIndexConcurrently: (step) => addIndex(step, true),
  RemoveIndex: (step) => removeIndex(step, false),
  RemoveIndexConcurrently: (step) => removeIndex(step, true),
  RenameIndex: renameIndex,
  AddConstraint: addConstraint,
  RemoveConstraint: removeConstraint,
  ValidateConstraint: validateConstraint,
  RunSQL: runSql,
  RunPython: runPython,
  SeparateDatabaseAndState: (step) => {
    const listed = argument(step, 'database_operations', 0)
    if (listed === undefined) return
    if (listed.type !== 'list')
      return step.context.opaque(step.node, 'database operations that are not known')
    for (const each of listed.items) readOperation(step.context, each)
  },
  CreateExtension: (step) => {
    const name = textIn(argument(step, 'name', 0))
    if (name === null) step.context.opaque(step.node, 'an extension that is not known')
    else step.context.emit(step.node, extension(name))
  },
}

const extensions: Readonly<Record<string, string>> = {
  BloomExtension: 'bloom',
  BtreeGinExtension: 'btree_gin',
  BtreeGistExtension: 'btree_gist',
  CITextExtension: 'citext',
  CryptoExtension: 'pgcrypto',
  HStoreExtension: 'hstore',
  TrigramExtension: 'pg_trgm',
  UnaccentExtension: 'unaccent',
}

function extension(name: string): OperationBody {
  return { kind: 'create_extension', name, isLenient: true }
}

const own =
  /^django\.(db\.migrations|db\.migrations\.operations(\.\w+)?|contrib\.postgres\.operations)\.(\w+)$/

/** One entry of the list of operations. */
export function readOperation(context: Context, value: PyValue): void {
  const { node } = value
  if (value.type !== 'call') return context.opaque(node, 'an operation that is not known')
  const [, , , name = ''] = own.exec(value.path) ?? []
  const read = Object.hasOwn(operations, name) ? operations[name] : undefined
  const brought = extensions[name]
  if (brought !== undefined) return context.emit(node, extension(brought))
  if (read === undefined) return context.opaque(node, `${value.path}, which is no operation of Django`)
  if (value.isOpen) return context.opaque(node, `${name} with what is not known`)
  read({ context, call: value, node })
}
