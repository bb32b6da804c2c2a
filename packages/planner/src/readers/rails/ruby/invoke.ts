import type { Machine } from './machine.ts'
import type { RubyNode } from './node.ts'
import { bindParameters } from './parameters.ts'
import { findMethod, type BlockCallable, type Callable, type RubyModule, type Scope } from './scope.ts'
import { unknown, type Value } from './value.ts'

/** @param args null when it is not known what the block is given. */
export function callBlock(
  machine: Machine,
  block: Value,
  args: readonly Value[] | null,
  { node, self }: { readonly node: RubyNode; readonly self?: Value },
): Value {
  if (block.type === 'block') {
    const { callable, scope: outer } = block
    const scope: Scope = { ...outer, locals: new Map(), outer, self: self ?? outer.self }
    const run = (): Value => {
      bindParameters(machine, callable.parameters, args, { block: null, isBlock: true })
      return machine.evaluate(callable.body)
    }
    const value = machine.within(scope, run, node)
    const ended = block.isLambda === true ? machine.settle('next', 'return') : machine.settle('next')
    return ended ?? value
  }
  if (block.type === 'symbol') {
    const [receiver, ...others] = args ?? [unknown]
    return machine.call({ receiver: receiver ?? unknown, name: block.text, args: others, block: null, node })
  }
  if (block.type === 'method') {
    return machine.call({ receiver: block.receiver, name: block.name, args, block: null, node })
  }
  machine.opaque(node, 'a block that is not known is called')
  return unknown
}

/** A block that runs nobody knows how often, or whether at all. */
export function callBlockAnyTimes(
  machine: Machine,
  block: Value | null,
  args: readonly Value[] | null,
  node: RubyNode,
): void {
  if (block !== null) machine.repeat(() => callBlock(machine, block, args, { node }))
}

interface Invocation {
  readonly self: Value
  readonly args: readonly Value[] | null
  readonly block: Value | null
  readonly node: RubyNode
  readonly fields: Map<string, Value>
}

export function callMethod(
  machine: Machine,
  found: { readonly callable: Callable | BlockCallable; readonly owner: RubyModule; readonly name: string },
  invocation: Invocation,
): Value {
  const { callable, owner, name } = found
  const { self, args, block, fields, node } = invocation
  const superMethod = (given: readonly Value[] | null): Value => {
    const above = findAbove(owner, name, self.type === 'module' ? 'ownMethods' : 'methods')
    if (above !== null) return callMethod(machine, { ...above, name }, { ...invocation, args: given })
    // The framework's own `initialize`, `inherited` and so on do nothing to the schema; what else is above has not been read.
    if (machineCallsAbove.has(name)) return unknown
    return machine.call({ receiver: null, name: ` ${name}`, args: given, block, node })
  }
  const scope: Scope = {
    locals: new Map(),
    outer: 'scope' in callable ? callable.scope : null,
    self,
    module: callable.module,
    block,
    fields,
    superMethod,
    ...(args === null ? {} : { args }),
  }
  const run = (): Value => {
    bindParameters(machine, callable.parameters, args, { block, isBlock: false })
    return machine.evaluate(callable.body)
  }
  const value = machine.within(scope, run, node)
  return machine.settle('next', 'return') ?? value
}

const machineCallsAbove = new Set([
  'initialize',
  'inherited',
  'included',
  'extended',
  'prepended',
  'method_added',
])

function findAbove(
  owner: RubyModule,
  name: string,
  kind: 'methods' | 'ownMethods',
): { readonly callable: Callable | BlockCallable; readonly owner: RubyModule } | null {
  for (const each of [
    ...owner.includes.toReversed(),
    ...(owner.superclass === null ? [] : [owner.superclass]),
  ]) {
    if (each.type !== 'module') continue
    const found = findMethod(each.module, name, kind)
    if (found !== null) return found
  }
  return null
}
