import {
  ArrayNode,
  AssocNode,
  BlockNode,
  CallNode,
  FalseNode,
  FloatNode,
  HashNode,
  IntegerNode,
  InterpolatedStringNode,
  KeywordHashNode,
  LambdaNode,
  LocalVariableReadNode,
  NilNode,
  StatementsNode,
  StringNode,
  SymbolNode,
  TrueNode,
} from '@ruby/prism/src/nodes.js'

import { argumentsOf, type RubyNode } from '../readers/rails/ruby/node.ts'
import type { LayoutProblem } from './read-layout.ts'
import type { RubyText } from './ruby-text.ts'

/** One call that Rails dumped, with everything in it spelled out. */
export interface Statement {
  readonly method: string
  /** What it is about: the same in every version of the file. */
  readonly key: string
  /** Statements of one group stand together, by `sortKey` where the dump sorts them. */
  readonly group: StatementGroup
  readonly sortKey: string
  /** Blank lines and comments in front of it. */
  readonly lead: string
  /** Whole lines. */
  readonly text: string
  readonly line: number
  readonly lastLine: number
  /** Texts of the arguments that stand without a name. */
  readonly given: readonly string[]
  readonly options: ReadonlyMap<string, string>
  readonly table: TableBody | null
}

export interface TableBody {
  /** The line that opens it. */
  readonly opening: string
  readonly statements: readonly Statement[]
  readonly closing: string
}

/** In the order in which Rails dumps them. */
export const statementGroups = [
  'schema',
  'extension',
  'enum',
  'table',
  'foreign_key',
  'other',
  'column',
  'index',
  'check_constraint',
  'exclusion_constraint',
  'unique_constraint',
] as const

export type StatementGroup = (typeof statementGroups)[number]

/** The same statement, whatever its white space. */
export function meaningOf({ method, given, options, table }: Statement): string {
  const inside = table?.statements.map(meaningOf)
  return JSON.stringify([method, given, [...options], inside])
}

/** @param after the last line of what stands before it. */
export function statementIn(source: RubyText, node: RubyNode, after: number): Statement | LayoutProblem {
  const line = source.firstLine(node)
  const refuse = (problem: string): LayoutProblem => ({ line, problem })
  if (!(node instanceof CallNode)) return refuse(`Rails dumps no such thing: ${firstWords(source, node)}`)
  if (line <= after) return refuse('two statements share a line')
  const args = argumentsOf(node)
  const isOnTable = node.receiver instanceof LocalVariableReadNode
  if ((node.receiver !== null && !isOnTable) || !args.every(isSpelledOut)) {
    return refuse(`it is not spelled out: ${firstWords(source, node)}`)
  }
  const given = args.filter((each) => !(each instanceof KeywordHashNode)).map((each) => source.textOf(each))
  const options = optionsIn(source, args)
  const table = node.block === null ? null : tableIn(source, node)
  if (table !== null && 'problem' in table) return table
  const lastLine = source.lastLine(node)
  const text = source.lines(line, lastLine)
  const { name: method } = node
  const group = groupOf(method, isOnTable)
  const key = keyOf({ method, given, options, group })
  const of = group === 'table' ? plain(given[0]) : ''
  return {
    method,
    key,
    group,
    sortKey: group === 'column' ? plain(given[0]) : `${of}\0${method === 'create_table' ? '' : text.trim()}`,
    lead: source.lines(after + 1, line - 1),
    text,
    line,
    lastLine,
    given,
    options,
    table,
  }
}

function tableIn(source: RubyText, call: CallNode): TableBody | LayoutProblem {
  const { block } = call
  const line = source.firstLine(call)
  const isBody = block instanceof BlockNode && (block.body === null || block.body instanceof StatementsNode)
  if (!isBody || call.name !== 'create_table') {
    return { line, problem: `Rails dumps no such thing: ${firstWords(source, call)}` }
  }
  const nodes: readonly RubyNode[] = block.body instanceof StatementsNode ? block.body.body : []
  const statements: Statement[] = []
  let after = line
  for (const node of nodes) {
    const found = statementIn(source, node, after)
    if ('problem' in found) return found
    if (found.table !== null) return { line: found.line, problem: 'a table stands in a table' }
    statements.push(found)
    after = source.lastLine(node)
  }
  return {
    opening: source.lines(line, line),
    statements,
    closing: source.lines(after + 1, source.lastLine(call)),
  }
}

function optionsIn(source: RubyText, args: readonly RubyNode[]): ReadonlyMap<string, string> {
  const pairs = args.flatMap((each) => (each instanceof KeywordHashNode ? each.elements : []))
  return new Map(
    pairs.flatMap((each): [string, string][] =>
      each instanceof AssocNode
        ? [[source.textOf(each.key).replace(/:$/, ''), source.textOf(each.value)]]
        : [],
    ),
  )
}

const leaves = [StringNode, SymbolNode, IntegerNode, FloatNode, TrueNode, FalseNode, NilNode] as const
const lists = [ArrayNode, HashNode, KeywordHashNode, AssocNode, InterpolatedStringNode] as const

/** Nothing has to be run to know what it is; the text in a lambda is SQL. */
function isSpelledOut(node: RubyNode): boolean {
  if (leaves.some((leaf) => node instanceof leaf)) return true
  if (node instanceof LambdaNode) {
    const { body } = node
    return body instanceof StatementsNode && body.body.every(isSpelledOut)
  }
  if (node instanceof CallNode) return isNegative(node)
  return (
    lists.some((list) => node instanceof list) &&
    node.childNodes().every((child) => child === null || isSpelledOut(child))
  )
}

/** `-1.5` of a float is a call in no version of the parser, that of a rational may be. */
function isNegative({ name, receiver }: CallNode): boolean {
  return name === '-@' && receiver !== null && isSpelledOut(receiver)
}

const topGroups: Readonly<Record<string, StatementGroup>> = {
  create_schema: 'schema',
  enable_extension: 'extension',
  create_enum: 'enum',
  create_table: 'table',
  add_index: 'table',
  add_foreign_key: 'foreign_key',
}
const tableGroups: Readonly<Record<string, StatementGroup>> = {
  index: 'index',
  check_constraint: 'check_constraint',
  exclusion_constraint: 'exclusion_constraint',
  unique_constraint: 'unique_constraint',
  unique_key: 'unique_constraint',
}

function groupOf(method: string, isOnTable: boolean): StatementGroup {
  return isOnTable ? (tableGroups[method] ?? 'column') : (topGroups[method] ?? 'other')
}

function keyOf({
  method,
  given,
  options,
  group,
}: Pick<Statement, 'method' | 'given' | 'options' | 'group'>): string {
  const name = options.get('name')
  const first = plain(given[0])
  switch (group) {
    case 'column':
      return `column ${first}`
    case 'foreign_key':
      return `foreign key ${first} ${name ?? `${plain(given[1])} ${options.get('column') ?? ''}`}`
    case 'table':
      return method === 'create_table' ? `table ${first}` : `index ${plain(name ?? given[1])}`
    case 'index':
    case 'check_constraint':
    case 'exclusion_constraint':
    case 'unique_constraint':
      return `${group.replace('_', ' ')} ${plain(name ?? given[0])}`
    case 'schema':
    case 'extension':
    case 'enum':
    case 'other':
      return `${method} ${first}`
    default:
      return group satisfies never
  }
}

function plain(text: string | undefined): string {
  return (text ?? '').replaceAll(/^[":]|"$/g, '')
}

const wordsMax = 40

function firstWords(source: RubyText, node: RubyNode): string {
  const [line = ''] = source.textOf(node).split('\n', 1)
  return line.length > wordsMax ? `${line.slice(0, wordsMax)}…` : line
}
