import { format } from './core-text.ts'
import { aliasMethod } from './definitions.ts'
import { callBlock, callBlockAnyTimes } from './invoke.ts'
import type { Call, Machine } from './machine.ts'
import { declareMacro, isMacro } from './models.ts'
import { array, boolean, migration, nameIn, nil, text, unknown, type Value } from './value.ts'

/** Says something about a class and does nothing. */
const declarations = new Set(
  `private public protected private_class_method public_class_method module_function private_constant attr_accessor attr_reader attr_writer
  attr cattr_accessor mattr_accessor class_attribute using refine frozen_string_literal sig strong_migrations
  uses_transaction thread_mattr_accessor delegate helper tag milestone`.split(/\s+/),
)

const conversions = new Set(['Array', 'Integer', 'Float', 'String', 'Rational', 'BigDecimal', 'Hash'])

/** What every object understands without a receiver; undefined for the rest. */
export function callKernel(machine: Machine, call: Call): Value | undefined {
  const { name, args, block, node } = call
  const [first] = args ?? [unknown]
  const { module } = machine.scope
  switch (name) {
    case 'lambda':
    case 'proc':
      return block ?? unknown
    case 'loop':
      callBlockAnyTimes(machine, block, [], node)
      return unknown
    case 'raise':
    case 'fail':
    case 'abort':
    case 'exit':
    case 'exit!':
    case 'throw':
      machine.exit = 'raise'
      return nil
    case 'catch':
      if (block !== null) {
        machine.repeat(() => callBlock(machine, block, [unknown], { node }))
        machine.maybe.delete('raise')
      }
      return unknown
    case 'block_given?':
      return boolean(machine.scope.block !== null)
    case 'binding':
    case '__method__':
    case 'rand':
    case 'sleep':
    case 'caller':
    case 'gets':
    case 'object_id':
    case 'hash':
    case 'flush':
    case 'srand':
      return unknown
    case 'format':
    case 'sprintf': {
      const given = nameIn(first)
      if (given === null || args === null) return text(null)
      const [, ...others] = args
      return text(
        format(given, others.length === 1 && others[0]?.type === 'hash' ? others[0] : array(others)),
      )
    }
    case 'require':
      // What is named by a plain text is a library; anything else may be another migration.
      if (first?.type !== 'string' || first.text === null || /^[./]|migrat|\d{8}/.test(first.text)) {
        machine.opaque(node, 'another file is loaded, which is not read')
      }
      return boolean(true)
    case 'require_relative':
    case 'load':
    case 'require_dependency':
    case 'autoload':
    case 'import':
      machine.opaque(node, 'another file is loaded, which is not read')
      return boolean(true)
    case 'eval':
    case 'system':
    case 'exec':
    case 'spawn':
    case 'fork':
    case '`':
      machine.opaque(node, `${name} runs what is not in this file`)
      callBlockAnyTimes(machine, block, null, node)
      return unknown
    case 'at_exit':
    case 'after_commit':
      if (block !== null) callBlock(machine, block, null, { node })
      return nil
    case 'include':
    case 'prepend':
      module.includes.push(...(args ?? [unknown]))
      return nil
    case 'extend':
      for (const each of args ?? []) {
        if (each.type === 'module')
          for (const [key, method] of each.module.methods) module.ownMethods.set(key, method)
        // It may bring the whole migration with it.
        else module.includes.push(each)
        if (machine.scope.self === each) module.isOwnExtension = true
      }
      return nil
    case 'define_method':
    case 'define_singleton_method':
    case 'define_instance_method':
      return defineMethod(machine, call)
    case 'alias_method':
      aliasMethod(machine, node, nameIn(first), nameIn(args?.[1]))
      return nil
    case 'remove_method':
    case 'undef_method':
      machine.opaque(node, 'a method is undefined')
      return nil
    case 'class_eval':
    case 'module_eval':
    case 'instance_eval':
    case 'instance_exec':
    case 'class_exec':
      if (block === null) {
        machine.opaque(node, `${name} of a text`)
        return unknown
      }
      return callBlock(machine, block, args, { node, self: machine.scope.self })
    case 'disable_ddl_transaction!':
      machine.isTransactional = false
      return nil
    case 'connection':
      return migration
    case 'class':
    case 'singleton_class':
      return machine.migrationClass === null ? unknown : { type: 'module', module: machine.migrationClass }
    case 'instance_variable_get':
      return machine.scope.fields.get(nameIn(first) ?? '') ?? unknown
  }
  if (conversions.has(name)) return name === 'Array' && first?.type === 'array' ? first : unknown
  if (declarations.has(name)) return nil
  if (machine.scope.self.type === 'module' && isMacro(name))
    return declareMacro(machine.scope.self.module, call)
  return undefined
}

function defineMethod(machine: Machine, { name, args, block, node }: Call): Value {
  const { module } = machine.scope
  const method = nameIn(args?.[0])
  const body = block ?? args?.[1]
  if (method === null || body?.type !== 'block') {
    machine.opaque(node, 'a method is defined whose name or body is not known')
    return nil
  }
  const target = name === 'define_singleton_method' ? module.ownMethods : module.methods
  target.set(method, { ...body.callable, scope: body.scope })
  return nil
}
