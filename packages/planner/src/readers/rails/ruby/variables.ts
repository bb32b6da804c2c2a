import {
  CallTargetNode,
  ClassVariableAndWriteNode,
  ClassVariableOperatorWriteNode,
  ClassVariableOrWriteNode,
  ClassVariableReadNode,
  ClassVariableTargetNode,
  ClassVariableWriteNode,
  ConstantOrWriteNode,
  ConstantPathNode,
  ConstantReadNode,
  ConstantTargetNode,
  ConstantWriteNode,
  GlobalVariableReadNode,
  GlobalVariableWriteNode,
  IndexTargetNode,
  InstanceVariableAndWriteNode,
  InstanceVariableOperatorWriteNode,
  InstanceVariableOrWriteNode,
  InstanceVariableReadNode,
  InstanceVariableTargetNode,
  InstanceVariableWriteNode,
  ItLocalVariableReadNode,
  LocalVariableAndWriteNode,
  LocalVariableOperatorWriteNode,
  LocalVariableOrWriteNode,
  LocalVariableReadNode,
  LocalVariableTargetNode,
  LocalVariableWriteNode,
  MultiTargetNode,
  MultiWriteNode,
  SelfNode,
  SplatNode,
} from '@ruby/prism/src/nodes.js'

import { on, type HandlerEntry } from './handlers.ts'
import { readItems } from './literals.ts'
import type { Machine } from './machine.ts'
import { argumentsOf, type RubyNode } from './node.ts'
import { itName } from './parameters.ts'
import { findLocal, type RubyModule } from './scope.ts'
import { array, nil, truthOf, unknown, type Value } from './value.ts'

export const variableHandlers: readonly HandlerEntry[] = [
  on(SelfNode, (machine) => machine.scope.self),
  on(LocalVariableReadNode, (machine, node) => readLocal(machine, node.name)),
  on(ItLocalVariableReadNode, (machine) => readLocal(machine, itName)),
  on(LocalVariableWriteNode, (machine, node) => writeLocal(machine, node.name, machine.evaluate(node.value))),
  on(LocalVariableOrWriteNode, (machine, node) => orWrite(machine, node, localPlace(machine, node.name))),
  on(LocalVariableAndWriteNode, (machine, node) => andWrite(machine, node, localPlace(machine, node.name))),
  on(LocalVariableOperatorWriteNode, (machine, node) =>
    operatorWrite(machine, node, localPlace(machine, node.name)),
  ),
  on(InstanceVariableReadNode, (machine, node) => readField(machine, node.name)),
  on(InstanceVariableWriteNode, (machine, node) =>
    writeField(machine, node.name, machine.evaluate(node.value)),
  ),
  on(InstanceVariableOrWriteNode, (machine, node) => orWrite(machine, node, fieldPlace(machine, node.name))),
  on(InstanceVariableAndWriteNode, (machine, node) =>
    andWrite(machine, node, fieldPlace(machine, node.name)),
  ),
  on(InstanceVariableOperatorWriteNode, (machine, node) =>
    operatorWrite(machine, node, fieldPlace(machine, node.name)),
  ),
  on(ClassVariableReadNode, (machine, node) => machine.scope.module.fields.get(node.name) ?? unknown),
  on(ClassVariableWriteNode, (machine, node) =>
    classPlace(machine, node.name).write(machine.evaluate(node.value)),
  ),
  on(ClassVariableOrWriteNode, (machine, node) => orWrite(machine, node, classPlace(machine, node.name))),
  on(ClassVariableAndWriteNode, (machine, node) => andWrite(machine, node, classPlace(machine, node.name))),
  on(ClassVariableOperatorWriteNode, (machine, node) =>
    operatorWrite(machine, node, classPlace(machine, node.name)),
  ),
  on(GlobalVariableReadNode, () => unknown),
  on(GlobalVariableWriteNode, (machine, node) => {
    const value = machine.evaluate(node.value)
    machine.forget(value)
    return value
  }),
  on(ConstantReadNode, (machine, node) => findConstant(machine, node.name)),
  on(ConstantPathNode, (machine, node) => readPath(machine, node)),
  on(ConstantWriteNode, (machine, node) => writeConstant(machine, node.name, machine.evaluate(node.value))),
  on(ConstantOrWriteNode, (machine, node) => writeConstant(machine, node.name, machine.evaluate(node.value))),
  on(MultiWriteNode, (machine, node) => {
    const value = machine.evaluate(node.value)
    assign(machine, node, value)
    return value
  }),
]

function readLocal(machine: Machine, name: string): Value {
  return findLocal(machine.scope, name)?.get(name) ?? nil
}

function writeLocal(machine: Machine, name: string, value: Value): Value {
  const locals = findLocal(machine.scope, name) ?? machine.scope.locals
  locals.set(name, value)
  return value
}

function readField(machine: Machine, name: string): Value {
  return machine.scope.fields.get(name) ?? nil
}

function writeField(machine: Machine, name: string, value: Value): Value {
  machine.scope.fields.set(name, value)
  return value
}

interface Place {
  readonly read: () => Value
  readonly write: (value: Value) => Value
}

function localPlace(machine: Machine, name: string): Place {
  return { read: () => readLocal(machine, name), write: (value) => writeLocal(machine, name, value) }
}

function fieldPlace(machine: Machine, name: string): Place {
  return { read: () => readField(machine, name), write: (value) => writeField(machine, name, value) }
}

/** Set in a branch, it is not followed: classes have no snapshots. */
function classPlace(machine: Machine, name: string): Place {
  const { fields } = machine.scope.module
  return {
    read: () => fields.get(name) ?? nil,
    write: (value) => {
      fields.set(name, machine.isCertain ? value : unknown)
      return value
    },
  }
}

function orWrite(machine: Machine, node: { readonly value: RubyNode }, place: Place): Value {
  const before = place.read()
  const truth = truthOf(before)
  if (truth === true) return before
  const write = (): Value => place.write(machine.evaluate(node.value))
  return truth === false ? write() : machine.branch([write, () => before])
}

function andWrite(machine: Machine, node: { readonly value: RubyNode }, place: Place): Value {
  const before = place.read()
  const truth = truthOf(before)
  if (truth === false) return before
  const write = (): Value => place.write(machine.evaluate(node.value))
  return truth === true ? write() : machine.branch([write, () => before])
}

function operatorWrite(
  machine: Machine,
  node: RubyNode & { readonly value: RubyNode; readonly binaryOperator: string },
  place: Place,
): Value {
  const receiver = place.read()
  const args = [machine.evaluate(node.value)]
  return place.write(machine.call({ receiver, name: node.binaryOperator, args, block: null, node }))
}

export function findConstant(machine: Machine, name: string): Value {
  const seen = new Set<RubyModule>()
  const inAncestors = (module: RubyModule): Value | undefined => {
    if (seen.has(module)) return undefined
    seen.add(module)
    const above = [...module.includes, ...(module.superclass === null ? [] : [module.superclass])]
    return (
      module.constants.get(name) ??
      above
        .map((each) => (each.type === 'module' ? inAncestors(each.module) : undefined))
        .find((each) => each !== undefined)
    )
  }
  for (let module: RubyModule | null = machine.scope.module; module !== null; module = module.outer) {
    const found = inAncestors(module)
    if (found !== undefined) return found
  }
  return { type: 'constant', path: name }
}

function readPath(machine: Machine, node: ConstantPathNode): Value {
  const name = node.name ?? ''
  if (node.parent === null) return machine.top.constants.get(name) ?? { type: 'constant', path: name }
  const parent = machine.evaluate(node.parent)
  if (parent.type === 'constant') {
    const path = `${parent.path}::${name}`
    return machine.top.constants.get(path) ?? { type: 'constant', path }
  }
  if (parent.type === 'module') return parent.module.constants.get(name) ?? unknown
  return unknown
}

function writeConstant(machine: Machine, name: string, value: Value): Value {
  machine.scope.module.constants.set(name, machine.isCertain ? value : unknown)
  return value
}

/** Gives a value to whatever can stand to the left of `=`. */
export function assign(machine: Machine, target: RubyNode | null, value: Value): void {
  if (target instanceof LocalVariableTargetNode) writeLocal(machine, target.name, value)
  else if (target instanceof InstanceVariableTargetNode) writeField(machine, target.name, value)
  else if (target instanceof ClassVariableTargetNode) classPlace(machine, target.name).write(value)
  else if (target instanceof ConstantTargetNode) writeConstant(machine, target.name, value)
  else if (target instanceof MultiWriteNode || target instanceof MultiTargetNode)
    assignSeveral(machine, target, value)
  else if (target instanceof IndexTargetNode) {
    const receiver = machine.evaluate(target.receiver)
    const args = readItems(machine, argumentsOf(target))
    machine.call({
      receiver,
      name: '[]=',
      args: args === null ? null : [...args, value],
      block: null,
      node: target,
    })
  } else if (target instanceof CallTargetNode) {
    const receiver = machine.evaluate(target.receiver)
    machine.call({ receiver, name: target.name, args: [value], block: null, node: target })
  } else if (target !== null) machine.forget(value)
}

function assignSeveral(machine: Machine, target: MultiWriteNode | MultiTargetNode, value: Value): void {
  const items = value.type === 'array' ? value.items : null
  const { lefts, rights } = target
  for (const [at, each] of lefts.entries())
    assign(machine, each, items === null ? unknown : (items[at] ?? nil))
  const rest: unknown = target.rest
  if (rest instanceof SplatNode && rest.expression !== null) {
    assign(machine, rest.expression, array(items?.slice(lefts.length, items.length - rights.length) ?? null))
  }
  for (const [at, each] of rights.entries()) {
    assign(machine, each, items === null ? unknown : (items[items.length - rights.length + at] ?? nil))
  }
}
