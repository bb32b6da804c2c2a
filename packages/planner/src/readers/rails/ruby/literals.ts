import {
  ArrayNode,
  AssocNode,
  AssocSplatNode,
  DefinedNode,
  EmbeddedStatementsNode,
  EmbeddedVariableNode,
  FalseNode,
  FloatNode,
  HashNode,
  ImplicitNode,
  IntegerNode,
  InterpolatedStringNode,
  InterpolatedSymbolNode,
  KeywordHashNode,
  LambdaNode,
  NilNode,
  ParenthesesNode,
  RangeNode,
  RegularExpressionNode,
  SourceFileNode,
  SourceLineNode,
  SplatNode,
  StringNode,
  SymbolNode,
  TrueNode,
} from '@ruby/prism/src/nodes.js'

import { on, type HandlerEntry } from './handlers.ts'
import type { Machine } from './machine.ts'
import type { RubyNode } from './node.ts'
import { array, boolean, nil, number, symbol, text, unknown, type Value } from './value.ts'

/** An array of more is not written out. */
const rangeMax = 1000

export const literalHandlers: readonly HandlerEntry[] = [
  on(NilNode, () => nil),
  on(TrueNode, () => boolean(true)),
  on(FalseNode, () => boolean(false)),
  on(IntegerNode, (machine, node) => number(integerOf(machine, node), false)),
  on(FloatNode, (_machine, node) => number(node.value, true)),
  on(SymbolNode, (_machine, node) => symbol(node.unescaped.value)),
  on(StringNode, (machine, node) => text(node.unescaped.value, machine.lineAt(node.contentLoc.startOffset))),
  on(InterpolatedStringNode, (machine, node) => {
    const [first] = node.parts as readonly (RubyNode | undefined)[]
    return text(joinParts(machine, node.parts), first === undefined ? undefined : machine.lineOf(first))
  }),
  on(InterpolatedSymbolNode, (machine, node) => {
    const joined = joinParts(machine, node.parts)
    return joined === null ? unknown : symbol(joined)
  }),
  on(EmbeddedStatementsNode, (machine, node) => machine.evaluate(node.statements)),
  on(EmbeddedVariableNode, (machine, node) => machine.evaluate(node.variable)),
  on(RegularExpressionNode, () => unknown),
  on(SourceFileNode, () => unknown),
  on(SourceLineNode, () => unknown),
  on(ArrayNode, (machine, node) => array(readItems(machine, node.elements))),
  on(HashNode, (machine, node) => ({ type: 'hash', entries: readEntries(machine, node.elements) })),
  on(KeywordHashNode, (machine, node) => ({
    type: 'hash',
    entries: readEntries(machine, node.elements),
    isKeywords: true,
  })),
  on(ImplicitNode, (machine, node) => machine.evaluate(node.value)),
  on(ParenthesesNode, (machine, node) => machine.evaluate(node.body)),
  on(LambdaNode, (machine, node) => ({
    type: 'block',
    callable: { parameters: node.parameters, body: node.body, module: machine.scope.module },
    scope: machine.scope,
    isLambda: true,
  })),
  on(RangeNode, (machine, node) => {
    const [first, last] = [machine.evaluate(node.left), machine.evaluate(node.right)]
    if (first.type !== 'number' || last.type !== 'number') return unknown
    const end = node.isExcludeEnd() ? last.number - 1 : last.number
    const count = end - first.number + 1
    if (!Number.isInteger(count) || count > rangeMax) return unknown
    return array(Array.from({ length: Math.max(count, 0) }, (_each, at) => number(first.number + at)))
  }),
  // What it asks about is not run.
  on(DefinedNode, () => unknown),
]

/** More digits may be more than 31 bits, which the parser's own value gets wrong; versions are such numbers. */
const safeLength = 9

function integerOf(machine: Machine, node: IntegerNode): number {
  if (node.location.length <= safeLength) return node.value
  return Number(
    machine
      .textOf(node)
      .replaceAll('_', '')
      .replace(/^0(?=\d)/, '0o'),
  )
}

function joinParts(machine: Machine, parts: readonly RubyNode[]): string | null {
  const texts = parts.map((part) => textOf(machine.evaluate(part)))
  return texts.includes(null) ? null : texts.join('')
}

/** As `to_s` gives it. */
export function textOf(value: Value): string | null {
  if (value.type === 'string' || value.type === 'symbol') return value.text
  if (value.type === 'number') {
    return value.isFloat && Number.isInteger(value.number) ? `${value.number}.0` : String(value.number)
  }
  if (value.type === 'boolean') return String(value.isTrue)
  return value.type === 'nil' ? '' : null
}

/** @returns null when it is not known how many there are. */
export function readItems(machine: Machine, elements: readonly RubyNode[]): Value[] | null {
  const items: Value[] = []
  let isKnown = true
  for (const element of elements) {
    if (element instanceof SplatNode) {
      const value = machine.evaluate(element.expression)
      if (value.type === 'array' && value.items !== null) items.push(...value.items)
      else if (value.type === 'nil') continue
      else isKnown = false
    } else items.push(machine.evaluate(element))
  }
  return isKnown ? items : null
}

function readEntries(machine: Machine, elements: readonly RubyNode[]): (readonly [Value, Value])[] | null {
  const entries: (readonly [Value, Value])[] = []
  let isKnown = true
  for (const element of elements) {
    if (element instanceof AssocNode)
      entries.push([machine.evaluate(element.key), machine.evaluate(element.value)])
    else if (element instanceof AssocSplatNode) {
      const value = machine.evaluate(element.value)
      if (value.type === 'hash' && value.entries !== null) entries.push(...value.entries)
      else isKnown = false
    } else isKnown = false
  }
  return isKnown ? entries : null
}
