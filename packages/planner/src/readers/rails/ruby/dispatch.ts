/**
 * Who answers a call: what the file defines, then what Ruby and Rails do, and what nobody knows is opaque.
 */
import { callOnDirection, callStatement, isStatement } from '../schema/statements.ts'
import { callOnTable } from '../schema/table-methods.ts'
import { TableSink } from '../schema/table-sink.ts'

import { callOnArray } from './core-array.ts'
import { callOnHash } from './core-hash.ts'
import { callOnText, equal } from './core-text.ts'
import { callBlock, callBlockAnyTimes, callMethod } from './invoke.ts'
import { callKernel } from './kernel.ts'
import type { Call, Machine } from './machine.ts'
import { isReading, writeVerb } from './models.ts'
import { callOnModule, callOnRow } from './own-classes.ts'
import { callOnConstant, callOnInert } from './known-constants.ts'
import { findMethod, type RubyModule } from './scope.ts'
import { isPure } from './pure-methods.ts'
import { boolean, migration, nameIn, text, truthOf, unknown, type Value } from './value.ts'

export function dispatch(machine: Machine, call: Call): Value {
  const { receiver, name } = call
  if (sending.has(name)) return send(machine, call)
  if (receiver === null) return callOnSelf(machine, machine.scope.self, call) ?? unresolved(machine, call)
  const always = callOnAnything(machine, receiver, call)
  if (always !== undefined) return always
  return callOn(machine, receiver, call) ?? unresolved(machine, call)
}

const sending = new Set(['send', 'public_send', '__send__', 'try', 'try!'])

function send(machine: Machine, call: Call): Value {
  const [first, ...args] = call.args ?? []
  const name = nameIn(first)
  if (call.args?.length === 0 && call.block !== null && call.receiver !== null) {
    return callBlock(machine, call.block, [call.receiver], { node: call.node })
  }
  if (name !== null) return dispatch(machine, { ...call, name, args })
  machine.opaque(call.node, 'a method is sent whose name is not known')
  callBlockAnyTimes(machine, call.block, null, call.node)
  return unknown
}

function callOnAnything(
  machine: Machine,
  receiver: Value,
  { name, args, block, node }: Call,
): Value | undefined {
  switch (name) {
    case 'tap':
    case 'then':
    case 'yield_self': {
      if (block === null) return undefined
      const value = callBlock(machine, block, [receiver], { node })
      return name === 'tap' ? receiver : value
    }
    case 'method':
    case 'public_method': {
      const named = nameIn(args?.[0])
      return named === null ? undefined : { type: 'method', name: named, receiver }
    }
    case '!':
      return truthOf(receiver) === null ? unknown : boolean(truthOf(receiver) !== true)
    case 'freeze':
    case 'itself':
      return receiver
    case 'is_a?':
    case 'kind_of?':
    case 'instance_of?':
    case 'respond_to?':
    case '=~':
    case '===':
    case '!~':
      return unknown
    case 'instance_eval':
    case 'instance_exec':
    case 'class_eval':
    case 'class_exec':
    case 'module_eval':
      if (block === null || receiver.type === 'constant') return undefined
      return callBlock(machine, block, name.endsWith('exec') ? args : [receiver], { node, self: receiver })
    default:
      return undefined
  }
}

function callOn(machine: Machine, receiver: Value, call: Call): Value | undefined {
  const { name, args, block, node } = call
  switch (receiver.type) {
    case 'migration':
    case 'module':
    case 'instance':
      return callOnSelf(machine, receiver, call)
    case 'table':
      return receiver.table instanceof TableSink ? callOnTable(machine, receiver.table, call) : undefined
    case 'direction':
      return callOnDirection(machine, call)
    case 'block':
    case 'method':
      if (['call', '()', 'yield', '[]', '===', 'to_proc'].includes(name)) {
        return name === 'to_proc' ? receiver : callBlock(machine, receiver, args, { node })
      }
      return undefined
    case 'records':
      return callOnRow(machine, receiver, call)
    case 'constant':
      return callOnConstant(machine, receiver.path, call)
    case 'string':
    case 'symbol':
    case 'number':
      if (receiver.type === 'number' && name === 'times' && block !== null)
        return countTimes(machine, receiver.number, call)
      return callOnText(machine, receiver, call)
    case 'array':
      return callOnArray(machine, receiver, call)
    case 'hash':
      return callOnHash(machine, receiver, call)
    case 'nil':
    case 'boolean':
      return callOnNothing(receiver, call)
    case 'inert':
      return callOnInert(machine, call)
    case 'unknown':
      return undefined
    default:
      return receiver satisfies never
  }
}

const timesMax = 1000

function countTimes(machine: Machine, count: number, call: Call): Value | undefined {
  if (count > timesMax) return undefined
  const items = Array.from({ length: Math.max(count, 0) }, (_each, at): Value => ({
    type: 'number',
    number: at,
    isFloat: false,
  }))
  return callOnArray(machine, { type: 'array', items }, { ...call, name: 'each' })
}

function callOnNothing(receiver: Value, { name, args }: Call): Value | undefined {
  if (name === '==' || name === '!=') return equal(receiver, args?.[0], name)
  if (name === 'nil?') return boolean(receiver.type === 'nil')
  if (name === 'to_s') return text(receiver.type === 'nil' ? '' : String(truthOf(receiver) === true))
  if (name === 'to_a') return { type: 'array', items: [] }
  if (['blank?', 'present?', 'empty?'].includes(name))
    return boolean((truthOf(receiver) === true) === (name === 'present?'))
  if (name === '&' || name === '|') return unknown
  return undefined
}

/** The migration, a connection, a module of the file or an instance of one; a model is one of these, too. */
function callOnSelf(machine: Machine, self: Value, call: Call): Value | undefined {
  const { name, args, block, node } = call
  const own = moduleOf(machine, self)
  const kind = self.type === 'module' ? 'ownMethods' : 'methods'
  const found = own === null ? null : findMethod(own, name, kind)
  if (found !== null) {
    const fields =
      self.type === 'instance'
        ? self.fields
        : self.type === 'module'
          ? self.module.fields
          : machine.scope.fields
    return callMethod(machine, { ...found, name }, { self, args, block, node, fields })
  }
  const top = call.receiver === null ? machine.top.methods.get(name) : undefined
  if (top !== undefined) {
    const { fields } = machine.scope
    return callMethod(
      machine,
      { callable: top, owner: machine.top, name },
      { self, args, block, node, fields },
    )
  }
  const missing = own === null ? null : findMethod(own, 'method_missing', kind)
  if (missing !== null) machine.opaque(node, `${name} leads to method_missing`)
  if (self.type === 'module') {
    const value = callOnModule(machine, self, call)
    if (value !== undefined) return value
  }
  if (self.type === 'table' || self.type === 'records' || self.type === 'direction') {
    const value = callOn(machine, self, call)
    if (value !== undefined) return value
  }
  const statement = callStatement(machine, call)
  if (statement !== undefined) return statement
  if (call.receiver === null || self.type === 'migration') return callKernel(machine, call) ?? undefined
  if (self.type === 'instance' && machine.migrationClass !== self.module && isPure(name)) return unknown
  return undefined
}

function moduleOf(machine: Machine, self: Value): RubyModule | null {
  if (self.type === 'module' || self.type === 'instance') return self.module
  if (self.type === 'records') return self.module ?? null
  return self.type === 'migration' ? machine.migrationClass : null
}

/** Nobody knows what answers: what its name says that it could be, or opaque. */
function unresolved(machine: Machine, call: Call): Value {
  const { receiver, name, args, block, node } = call
  for (const each of args ?? []) {
    if (each.type === 'block') callBlockAnyTimes(machine, each, null, node)
    if (!isPure(name)) machine.forget(each)
  }
  if (receiver !== null && receiver.type !== 'constant' && receiver.type !== 'module') {
    if (isStatement(name)) {
      const from = machine.operations.length
      const value = dispatch(machine, { ...call, receiver: migration })
      machine.weaken(from)
      return value
    }
    const verb = writeVerb(name)
    if (verb !== undefined) {
      machine.emit(node, { kind: 'data', verb, writes: ['*'], reads: [] }, 'dynamic')
      callBlockAnyTimes(machine, block, null, node)
      return { type: 'records', table: '*' }
    }
    const isSetter = /^\w+=$/.test(name)
    if (isPure(name) || isReading(name) || isSetter) {
      if (!isPure(name)) machine.forget(receiver)
      callBlockAnyTimes(machine, block, null, node)
      return unknown
    }
    machine.forget(receiver)
  }
  const owner =
    receiver?.type === 'constant'
      ? `${receiver.path}.`
      : receiver?.type === 'module'
        ? `${receiver.module.name}.`
        : ''
  machine.opaque(node, `${owner}${name}, which is not in this file`)
  callBlockAnyTimes(machine, block, null, node)
  return unknown
}
