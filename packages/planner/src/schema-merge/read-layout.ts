/**
 * The text of a `schema.rb`, cut into the statements that Rails dumps: one block, one statement after another, whole lines.
 *
 * Promise: the pieces put together again are the text, and what is not of that shape is a problem with its line.
 */
import { BlockNode, CallNode, StatementsNode } from '@ruby/prism/src/nodes.js'

import { argumentsOf, type RubyNode } from '../readers/rails/ruby/node.ts'
import type { ParseRuby } from '../readers/rails/ruby/load-prism.ts'
import { RubyText } from './ruby-text.ts'
import { statementIn, type Statement } from './statement.ts'

export interface SchemaLayout {
  /** All before the line that opens the block. */
  readonly preamble: string
  /** The line that opens the block, with `versionMark` where the version stands. */
  readonly opening: string
  /** As it is written, with its underscores; null where versions are listed at the end instead (Rails 8.2), or nowhere. */
  readonly version: string | null
  /** The version of Rails in the brackets; null in the files of before 7.0. */
  readonly rails: number | null
  readonly statements: readonly Statement[]
  /** From the end of the last statement on, up to the listed versions. */
  readonly closing: string
  readonly listed: readonly string[]
}

export interface LayoutProblem {
  readonly line: number
  readonly problem: string
}

export const versionMark = '\0'

export type LayoutRead =
  | { readonly outcome: 'read'; readonly layout: SchemaLayout }
  | ({ readonly outcome: 'refused' } & LayoutProblem)

const markers = /^(?:<{7}|>{7}|\|{7}|={7})(?: |$)/m

export function readLayout(parse: ParseRuby, text: string): LayoutRead {
  const marker = markers.exec(text)
  if (marker !== null) {
    return { ...refusal(lineAt(text, marker.index), 'a conflict of an earlier merge is not resolved') }
  }
  const parsed = parse(text)
  const source = new RubyText(text)
  const [error] = parsed.errors
  if (error !== undefined)
    return refusal(source.lineOf(error.location.startOffset), `it is not Ruby: ${error.message}`)
  const define = parsed.value.statements.body.find(isDefine)
  if (define === undefined) return refusal(1, 'no schema is defined here')
  const block = define.block
  if (!(block instanceof BlockNode) || (block.body !== null && !(block.body instanceof StatementsNode))) {
    return refusal(source.firstLine(define), 'the block of the schema is more than statements')
  }
  const nodes: readonly RubyNode[] = block.body instanceof StatementsNode ? block.body.body : []
  const openingLine = source.firstLine(define)
  const statements: Statement[] = []
  let after = openingLine
  for (const node of nodes) {
    const found = statementIn(source, node, after)
    if ('problem' in found) return { outcome: 'refused', ...found }
    statements.push(found)
    after = source.lastLine(node)
  }
  const { opening, version } = versionIn(source, define)
  const { closing, listed } = versionsIn(source.lines(after + 1, source.lineCount))
  return {
    outcome: 'read',
    layout: {
      preamble: source.lines(1, openingLine - 1),
      opening,
      version,
      rails: railsIn(source, define),
      statements,
      closing,
      listed,
    },
  }
}

function refusal(line: number, problem: string): { outcome: 'refused' } & LayoutProblem {
  return { outcome: 'refused', line, problem }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function isDefine(node: RubyNode): node is CallNode {
  return node instanceof CallNode && node.name === 'define' && node.block !== null
}

function versionIn(
  source: RubyText,
  define: CallNode,
): { readonly opening: string; readonly version: string | null } {
  const line = source.lines(source.firstLine(define), source.firstLine(define))
  const [given] = argumentsOf(define)
  const [, version] = /^version: ?([\d_]+)$/.exec(given === undefined ? '' : source.textOf(given)) ?? []
  if (version === undefined) return { opening: line, version: null }
  return { opening: line.replace(version, versionMark), version }
}

function railsIn(source: RubyText, define: CallNode): number | null {
  const [, bracket] =
    /\[([\d.]+)\]$/.exec(define.receiver === null ? '' : source.textOf(define.receiver)) ?? []
  return bracket === undefined ? null : Number(bracket)
}

/** Rails 8.2 lists every version after `__END__`. */
function versionsIn(rest: string): { readonly closing: string; readonly listed: readonly string[] } {
  const found = /^__END__\n/m.exec(rest)
  if (found === null) return { closing: rest, listed: [] }
  const end = found.index + found[0].length
  const listed = rest.slice(end).split('\n')
  return { closing: rest.slice(0, end), listed: listed.filter((each) => each.trim() !== '') }
}
