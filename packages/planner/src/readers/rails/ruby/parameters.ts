import {
  BlockParametersNode,
  ItParametersNode,
  KeywordRestParameterNode,
  MultiTargetNode,
  NumberedParametersNode,
  OptionalKeywordParameterNode,
  OptionalParameterNode,
  ParametersNode,
  RequiredKeywordParameterNode,
  RequiredParameterNode,
  RestParameterNode,
  SplatNode,
} from '@ruby/prism/src/nodes.js'

import type { Machine } from './machine.ts'
import type { RubyNode } from './node.ts'
import { array, keyOf, nil, symbol, unknown, type Value } from './value.ts'

/** The name under which `it` is kept. */
export const itName = ' it'

/**
 * Binds what was given to the names in the current scope.
 *
 * @param args null when it is not known what was given.
 * @param isBlock a block that takes several and is given one array takes it apart.
 */
export function bindParameters(
  machine: Machine,
  declared: RubyNode | null,
  args: readonly Value[] | null,
  given: { readonly block: Value | null; readonly isBlock: boolean },
): void {
  const { locals } = machine.scope
  if (declared instanceof ItParametersNode) locals.set(itName, args === null ? unknown : (args[0] ?? nil))
  if (declared instanceof NumberedParametersNode) {
    const spread = declared.maximum > 1 ? takeApart(args) : args
    for (let at = 0; at < declared.maximum; at++)
      locals.set(`_${at + 1}`, spread === null ? unknown : (spread[at] ?? nil))
  }
  const list: unknown = declared instanceof BlockParametersNode ? declared.parameters : declared
  if (!(list instanceof ParametersNode)) return
  const several =
    list.requireds.length + list.optionals.length + list.posts.length + (list.rest === null ? 0 : 1) > 1
  bindList(machine, list, given.isBlock && several ? takeApart(args) : args)
  if (list.block?.name != null) locals.set(list.block.name, given.block ?? nil)
}

function takeApart(args: readonly Value[] | null): readonly Value[] | null {
  const [only] = args ?? []
  if (args?.length !== 1) return args
  if (only?.type === 'array') return only.items
  return only?.type === 'unknown' || only?.type === 'records' ? null : args
}

function bindList(machine: Machine, list: ParametersNode, all: readonly Value[] | null): void {
  const { locals } = machine.scope
  const takesKeywords = list.keywords.length > 0 || list.keywordRest !== null
  const last = all?.at(-1)
  const keywords = takesKeywords && last?.type === 'hash' ? last : null
  const args = keywords === null ? all : (all?.slice(0, -1) ?? null)
  const posts = list.posts.length
  for (const [at, each] of list.requireds.entries())
    bindTarget(machine, each, args === null ? unknown : (args[at] ?? nil))
  const optionalMax = args === null ? 0 : args.length - list.requireds.length - posts
  for (const [at, each] of list.optionals.entries()) {
    if (!(each instanceof OptionalParameterNode)) continue
    const value = at < optionalMax ? args?.[list.requireds.length + at] : undefined
    locals.set(each.name, args === null ? unknown : (value ?? machine.evaluate(each.value)))
  }
  const from = list.requireds.length + Math.min(list.optionals.length, Math.max(optionalMax, 0))
  const rest: unknown = list.rest
  if (rest instanceof RestParameterNode && rest.name !== null) {
    locals.set(rest.name, array(args === null ? null : args.slice(from, args.length - posts)))
  }
  for (const [at, each] of list.posts.entries()) {
    bindTarget(machine, each, args === null ? unknown : (args[args.length - posts + at] ?? nil))
  }
  bindKeywords(machine, list, args === null ? undefined : keywords)
}

/** @param given undefined when nothing is known of them, null when there are none. */
function bindKeywords(
  machine: Machine,
  list: ParametersNode,
  given: Extract<Value, { type: 'hash' }> | null | undefined,
): void {
  const { locals } = machine.scope
  const entries = given === undefined ? null : given === null ? [] : given.entries
  const find = (name: string): Value | undefined =>
    entries?.find(([key]) => keyOf(key) === keyOf(symbol(name)))?.[1]
  const named = new Set<string | null>()
  for (const each of list.keywords as readonly unknown[]) {
    if (each instanceof RequiredKeywordParameterNode) {
      locals.set(each.name, entries === null ? unknown : (find(each.name) ?? nil))
      named.add(keyOf(symbol(each.name)))
    } else if (each instanceof OptionalKeywordParameterNode) {
      locals.set(each.name, entries === null ? unknown : (find(each.name) ?? machine.evaluate(each.value)))
      named.add(keyOf(symbol(each.name)))
    }
  }
  const rest: unknown = list.keywordRest
  if (rest instanceof KeywordRestParameterNode && rest.name !== null) {
    const others = entries?.filter(([key]) => !named.has(keyOf(key))) ?? null
    locals.set(rest.name, { type: 'hash', entries: others })
  }
}

function bindTarget(machine: Machine, target: unknown, value: Value): void {
  if (target instanceof RequiredParameterNode) machine.scope.locals.set(target.name, value)
  else if (target instanceof MultiTargetNode) {
    const items = value.type === 'array' ? value.items : null
    for (const [at, each] of target.lefts.entries())
      bindTarget(machine, each, items === null ? unknown : (items[at] ?? nil))
    const rest: unknown = target.rest
    const name: unknown = rest instanceof SplatNode ? rest.expression : null
    if (name instanceof RequiredParameterNode) {
      machine.scope.locals.set(name.name, array(items?.slice(target.lefts.length) ?? null))
    }
    for (const each of target.rights) bindTarget(machine, each, unknown)
  }
}
