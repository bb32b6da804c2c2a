/**
 * A Prisma schema → operations: those that lead from nothing to what its models declare, on Postgres.
 *
 * Promise: the same objects under the same names as in the SQL that Prisma writes. What is not known of a table is opaque and says
 * which table; another engine, or a part of a schema in several files, is opaque as a whole.
 */
import type { Operation } from '../../model/operation.ts'
import { coverageOf, type ReadFile } from '../../model/ticket.ts'
import type { SqlReader, SqlSource } from '../sql/read-sql.ts'
import { argumentOf, attributeOf, columnName, quotedText, textIn, type EnumShape } from './column.ts'
import { modelShape, type ModelShape } from './model-shape.ts'
import { parseSchema, type Block } from './parse-schema.ts'
import { manyToMany, statementsOf } from './statements.ts'

export function readPrisma(sql: SqlReader, { file, text }: SqlSource): ReadFile {
  const operations: Operation[] = []
  const opaque = (
    line: number,
    reason: string,
    touches: 'anything' | readonly string[] = 'anything',
  ): void => {
    operations.push({ kind: 'opaque', reason, touches, confidence: 'opaque', place: { file, line } })
  }
  const run = (line: number, statement: string): void => {
    operations.push(...sql({ file, text: statement, firstLine: line }).operations)
  }
  const blocks = parseSchema(text)
  if (typeof blocks === 'number') opaque(blocks, 'it is no Prisma schema that can be read')
  else {
    const problem = whyUnread(blocks)
    if (problem !== null) opaque(1, problem)
    else writeAll(blocks, run, opaque)
  }
  return { file, operations, coverage: coverageOf(operations) }
}

function whyUnread(blocks: readonly Block[]): string | null {
  const source = blocks.find((each) => each.kind === 'datasource')
  if (source === undefined) return 'it does not say which engine it is for'
  const setting = source.fields.find((each) => each.name === 'provider')?.setting
  const provider = textIn(setting ?? undefined) ?? '?'
  return /^postgres(?:ql)?$/.test(provider) ? null : `its engine is ${provider}`
}

type Run = (line: number, statement: string) => void
type Opaque = (line: number, reason: string, touches?: readonly string[]) => void

function writeAll(blocks: readonly Block[], run: Run, opaque: Opaque): void {
  const enums = new Map<string, EnumShape>()
  for (const block of blocks.filter((each) => each.kind === 'enum')) {
    const shape = enumShape(block)
    enums.set(block.name, shape)
    run(
      block.line,
      `create type ${shape.sql} as enum (${[...shape.values.values()].map(quotedText).join(', ')})`,
    )
  }
  const models = new Map<string, ModelShape>(
    blocks.filter((each) => each.kind === 'model').map((each) => [each.name, modelShape(each)]),
  )
  const others = new Set(blocks.filter((each) => each.kind === 'view').map((each) => each.name))
  const written = [...models.values()].map((model) => statementsOf(model, { models, enums, others }))
  // Keys between tables come when all tables are there.
  for (const { own } of written) for (const { line, sql } of own) run(line, sql)
  for (const { keys } of written) for (const { line, sql } of keys) run(line, sql)
  for (const { unknown } of written)
    for (const { line, reason, table } of unknown) opaque(line, reason, [table])
  for (const { line, table } of manyToMany([...models.values()]))
    opaque(line, 'a table between two models', [table])
}

function enumShape(block: Block): EnumShape {
  const name = textIn(argumentOf(attributeOf(block, 'map'), 'name', 0)) ?? block.name
  const schema = textIn(argumentOf(attributeOf(block, 'schema'), 'name', 0))
  const sql = [...(schema === null || schema === 'public' ? [] : [schema]), name]
    .map((each) => `"${each}"`)
    .join('.')
  return { sql, values: new Map(block.fields.map((each) => [each.name, columnName(each)])) }
}
