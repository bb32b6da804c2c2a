/**
 * Django's migrations → operations, by a real parser of Python.
 *
 * Promise: what stands in `operations` yields operations with their lines; whatever else in the file could change the schema
 * (a class that decides while it is loaded, code that is not in the file) is opaque. Nothing is run. The engine is the state's.
 * Models that earlier migrations made are known when those were read with the same state; a change of one that was not is opaque.
 */
import { coverageOf, type ReadFile } from '../../model/ticket.ts'
import type { Operation } from '../../model/operation.ts'
import type { SqlReader, SqlSource } from '../sql/read-sql.ts'
import type { Context } from './context.ts'
import { readOperation } from './operations.ts'
import { loadPython } from './python/load-python.ts'
import { evaluate } from './python/evaluate.ts'
import { assignment, nameOfDefinition, readModule, type PyModule } from './python/module.ts'
import { childNamed, everyNode, statementsOf, type ParsePython, type PyNode } from './python/tree.ts'
import { textIn } from './python/value.ts'
import type { DjangoState } from './state.ts'

export interface DjangoReader {
  /** Takes what it makes of the models along in `state`. */
  readonly readMigration: (source: SqlSource, state: DjangoState) => ReadFile
  /** `shop.0001_initial` → the migrations that come before it. */
  readonly readDependencies: (source: SqlSource) => readonly string[]
}

/** @throws ConductError READER_MISSING  the parser is not installed. */
export async function loadDjangoReader(sql: SqlReader, executed: SqlReader = sql): Promise<DjangoReader> {
  const parse = await loadPython()
  return {
    readMigration: (source, state) => readMigration({ parse, sql, executed }, source, state),
    readDependencies: (source) => readDependencies(readModule(parse(source.text))),
  }
}

/** The folder above `migrations`. */
export function appOf(file: string): string {
  return file.split('/').at(-3) ?? ''
}

interface Parsers {
  readonly parse: ParsePython
  readonly sql: SqlReader
  readonly executed: SqlReader
}

function readMigration(
  { parse, sql, executed }: Parsers,
  { file, text }: SqlSource,
  state: DjangoState,
): ReadFile {
  const module = readModule(parse(text))
  const found: Operation[] = []
  const context: Context = {
    file,
    app: appOf(file),
    module,
    state,
    sql,
    executed,
    emit: (node, body, confidence = 'exact') => {
      const weakest = body.kind === 'opaque' ? 'opaque' : confidence
      found.push({ ...body, confidence: weakest, place: { file, line: node.line } })
    },
    opaque: (node, reason, touches) =>
      context.emit(node, { kind: 'opaque', reason, touches: touches ?? 'anything' }),
  }
  readFile(context)
  return { file, operations: found, coverage: coverageOf(found) }
}

function readFile(context: Context): void {
  const { module } = context
  const broken = [...everyNode(module.root)].find((each) => each.isError)
  if (broken !== undefined) return context.opaque(broken, 'it is not Python that can be read')
  const [migration, ...others] = module.classes.filter((each) => nameOfDefinition(each) === 'Migration')
  for (const statement of statementsOf(module.root)) {
    const reason = whyUnsafe(module, statement)
    if (reason !== null) context.opaque(statement, reason)
  }
  if (migration === undefined || others.length > 0) {
    return context.opaque(
      module.root,
      others.length > 0 ? 'it defines Migration twice' : 'no migration is defined here',
    )
  }
  const bases = childNamed(migration, 'ArgList')?.children ?? []
  const [base] = bases
  const above = base === undefined ? null : evaluate(module, base)
  if (
    bases.length !== 1 ||
    above?.type !== 'path' ||
    !/^django\.db\.migrations\.(migration\.)?Migration$/.test(above.path)
  ) {
    context.opaque(migration, 'what the migration is built on is not in this file')
  }
  readClass(context, migration)
}

const settings = new Set([
  'dependencies',
  'initial',
  'replaces',
  'run_before',
  'atomic',
  'elidable',
  'app_label',
])
/** A migration that replaces these says itself how it is carried out. */
const machinery =
  /^(apply|unapply|mutate_state|operations|suggest_name|__init__|__new__|__getattr\w*|__init_subclass__|__class_getitem__)$/

function readClass(context: Context, migration: PyNode): void {
  let isGiven = false
  for (const statement of statementsOf(migration)) {
    const written = assignment(statement)
    const added = statement.name === 'UpdateStatement' ? statement.children : []
    if (written?.name === 'operations' && !isGiven) {
      isGiven = true
      readList(context, written.value)
    } else if (
      added[0]?.text === 'operations' &&
      added[1]?.text === '+=' &&
      added[2] !== undefined &&
      isGiven
    ) {
      readList(context, added[2])
    } else if (
      written !== null &&
      settings.has(written.name) &&
      !hasUnknownCall(context.module, written.value)
    )
      continue
    else if (written !== null && written.name !== 'operations' && !hasCall(written.value)) continue
    else if (statement.name === 'FunctionDefinition' && !machinery.test(nameOfDefinition(statement))) continue
    else if (isDocumentation(statement) || statement.name === 'PassStatement') continue
    else context.opaque(statement, 'the migration decides what it does while it is loaded')
  }
}

function readList(context: Context, node: PyNode): void {
  const value = evaluate(context.module, node)
  if (value.type !== 'list') return context.opaque(node, 'operations that are not known')
  for (const each of value.items) readOperation(context, each)
}

/** What stands beside the class and could reach into it, or into the database, when the file is loaded. */
function whyUnsafe(module: PyModule, statement: PyNode): string | null {
  switch (statement.name) {
    case 'ImportStatement':
      return / import\s+\(?\s*\*/.test(statement.text)
        ? 'everything is imported from a file that is not read'
        : null
    case 'FunctionDefinition':
      return null
    case 'ClassDefinition': {
      if (nameOfDefinition(statement) === 'Migration') return null
      const runs = statementsOf(statement).some((each) => each.name !== 'FunctionDefinition' && hasCall(each))
      return runs ? 'a class runs code while it is loaded' : null
    }
    case 'AssignStatement': {
      const written = assignment(statement)
      if (written === null) return 'something is changed while the file is loaded'
      return hasUnknownCall(module, written.value) ? 'code is run while the file is loaded' : null
    }
    case 'PassStatement':
      return null
    default:
      if (isDocumentation(statement)) return null
      if (!hasCall(statement) && !/\bMigration\b|\boperations\b/.test(statement.text)) return null
      return 'code is run while the file is loaded'
  }
}

function isDocumentation(statement: PyNode): boolean {
  return (
    statement.name === 'ExpressionStatement' &&
    /^(ContinuedString|String)$/.test(statement.children[0]?.name ?? '')
  )
}

function hasCall(node: PyNode): boolean {
  return [...everyNode(node)].some((each) => each.name === 'CallExpression')
}

const harmless =
  /^(os(\.|$)|re\.|pathlib|datetime|textwrap|uuid|logging|getattr$|open$|dict$|list$|set$|tuple$|frozenset$|str$|int$|len$|sorted$|range$|json\.|decimal|django\.(db\.(models|migrations)|conf|contrib\.(auth\.get_user_model|postgres)|utils))/

/** A call whose function is in this file or in nobody knows which. */
function hasUnknownCall(module: PyModule, node: PyNode): boolean {
  return [...everyNode(node)].some((each) => {
    if (each.name !== 'CallExpression') return false
    const [callee] = each.children
    const value = callee === undefined ? null : evaluate(module, callee)
    if (value?.type === 'path') return !harmless.test(value.path)
    // A method of a text, or of what such a call gave.
    return false
  })
}

function readDependencies(module: PyModule): readonly string[] {
  const [migration] = module.classes.filter((each) => nameOfDefinition(each) === 'Migration')
  const statement =
    migration === undefined
      ? undefined
      : statementsOf(migration)
          .map(assignment)
          .find((each) => each?.name === 'dependencies')
  if (statement == null) return []
  const value = evaluate(module, statement.value)
  if (value.type !== 'list') return []
  return value.items.flatMap((each) => {
    const [app, name] = each.type === 'list' ? each.items.map(textIn) : []
    return app == null || name == null ? [] : [`${app}.${name}`]
  })
}
