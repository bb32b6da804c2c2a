/**
 * Knex migrations → operations, by a real parser of JavaScript and TypeScript.
 *
 * Promise: see the machine. Knex's calls are written out as the SQL of Postgres and read
 * as that, on MySQL with its own types in it.
 */
import { coverageOf, type ReadFile } from '../../model/ticket.ts'
import type { SqlEngine } from '../engine.ts'
import type { SqlReader, SqlSource } from '../sql/read-sql.ts'
import { bind } from './bind.ts'
import { changingNames } from './changing-names.ts'
import { evaluate } from './evaluate.ts'
import { execute } from './execute.ts'
import { Exported } from './exported.ts'
import { loadJavaScript, type ParseJavaScript } from './load-javascript.ts'
import { Machine } from './machine.ts'
import { linesOf, nodeAt, nodesAt, textAt, type JsNode } from './node.ts'
import type { Environment } from './value.ts'

export type KnexReader = (source: SqlSource) => ReadFile

/** @throws ConductError READER_MISSING  the parser is not installed. */
export async function loadKnexReader(
  sql: SqlReader,
  executed: SqlReader = sql,
  engine: SqlEngine = 'postgres',
): Promise<KnexReader> {
  const parse = await loadJavaScript()
  return (source) => readKnex({ parse, sql, executed, engine }, source)
}

export interface KnexExports {
  readonly hasWayUp: boolean
  /** False: it runs outside of a transaction. */
  readonly isTransactional: boolean
}

/**
 * What a file gives to Knex, without what that does. Null for a text that is no JavaScript.
 *
 * @throws ConductError READER_MISSING  the parser is not installed.
 */
export async function loadKnexExports(): Promise<(source: SqlSource) => KnexExports | null> {
  const parse = await loadJavaScript()
  const nothing: SqlReader = ({ file }) => ({ file, operations: [], coverage: coverageOf([]) })
  return ({ file, text }) => {
    const { program, error } = parse(file.split('/').at(-1) ?? file, text)
    if (error !== null) return null
    const setting = { sql: nothing, executed: nothing, engine: 'postgres' } as const
    const machine = machineFor({ ...setting, program, file, text })
    try {
      const { up, isTransactional } = exportsOf(machine, program)
      return { hasWayUp: up?.type === 'function', isTransactional }
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      return { hasWayUp: false, isTransactional: true }
    }
  }
}

function machineFor(given: Omit<Given, 'parse'> & SqlSource & { readonly program: JsNode }): Machine {
  const { program, text, ...setting } = given
  const evaluator = { evaluate, execute, bind }
  return new Machine({
    ...setting,
    lineAt: linesOf(text),
    evaluator,
    changing: changingNames(program),
  })
}

interface Given {
  readonly parse: ParseJavaScript
  readonly sql: SqlReader
  readonly executed: SqlReader
  readonly engine: SqlEngine
}

function readKnex({ parse, ...setting }: Given, { file, text }: SqlSource): ReadFile {
  const { program, error } = parse(file.split('/').at(-1) ?? file, text)
  const machine = machineFor({ ...setting, program, file, text })
  if (error === null) readWithin(machine, program)
  else machine.opaque(program, `it is not JavaScript: ${error}`)
  const { operations } = machine
  return { file, operations, coverage: coverageOf(operations) }
}

/** What is nested so deep that it cannot be followed is opaque. */
function readWithin(machine: Machine, program: JsNode): void {
  try {
    readProgram(machine, program)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    machine.opaque(program, 'it is nested deeper than can be read')
  }
}

function readProgram(machine: Machine, program: JsNode): void {
  const { up } = exportsOf(machine, program)
  if (up?.type !== 'function') {
    machine.opaque(program, 'its way up is not in this file, or may be another than the one that is')
    return
  }
  machine.run(up, [{ type: 'knex' }], up.node)
}

/** Runs what stands outside of functions. */
function exportsOf(machine: Machine, program: JsNode): Exported {
  const environment: Environment = new Map()
  const exported = new Exported()
  const statements = nodesAt(program, 'body')
  for (const each of statements) {
    const declared = each.type === 'ExportNamedDeclaration' ? nodeAt(each, 'declaration') : each
    if (declared?.type === 'FunctionDeclaration') machine.execute(declared, environment)
  }
  for (const each of statements) {
    if (each.type === 'ImportDeclaration') importNames(each, environment)
    else if (!exported.read(machine, each, environment)) machine.execute(each, environment)
  }
  return exported
}

function importNames(node: JsNode, environment: Environment): void {
  const name = textAt(nodeAt(node, 'source'), 'value')
  for (const each of nodesAt(node, 'specifiers'))
    environment.set(textAt(nodeAt(each, 'local'), 'name'), { type: 'module', name })
}
