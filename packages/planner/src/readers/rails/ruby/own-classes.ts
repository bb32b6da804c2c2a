/** Classes, modules and models of the file itself, and the rows of models. */
import { callBlockAnyTimes, callMethod } from './invoke.ts'
import { callKernel } from './kernel.ts'
import type { Call, Machine } from './machine.ts'
import { callOnRecords, declareMacro, isMacro, isModel, tableOf } from './models.ts'
import { isPure } from './pure-methods.ts'
import { findMethod } from './scope.ts'
import { nameIn, nil, text, unknown, type Value } from './value.ts'

export function callOnModule(
  machine: Machine,
  self: Extract<Value, { type: 'module' }>,
  call: Call,
): Value | undefined {
  const { module } = self
  const { name, args, block, node } = call
  if (name === 'table_name=' || name === 'set_table_name') {
    module.tableName = nameIn(args?.[0])
    return nil
  }
  if (isMacro(name)) return declareMacro(module, call)
  if (
    /^(self|inheritance_column|primary_key|disable_ddl_transaction|ignored_columns|record_timestamps|belongs_to_required_by_default|abstract_class|logger|time_zone_aware_attributes)=?$/.test(
      name,
    )
  ) {
    return nil
  }
  if (
    [
      'include',
      'extend',
      'define_method',
      'alias_method',
      'prepend',
      'class_eval',
      'private_constant',
      'module_function',
    ].includes(name)
  ) {
    const inside = { ...machine.scope, self, module }
    return machine.within(inside, () => callKernel(machine, { ...call, receiver: null }) ?? nil, node)
  }
  if (isModel(module)) {
    return callOnRecords(machine, { type: 'records', table: tableOf(module), module }, call)
  }
  if (name === 'new') {
    const instance: Value = { type: 'instance', module, fields: new Map() }
    const initialize = findMethod(module, 'initialize', 'methods')
    if (initialize !== null) {
      callMethod(
        machine,
        { ...initialize, name: 'initialize' },
        { self: instance, args, block, node, fields: instance.fields },
      )
    } else if (module.superclass?.type === 'constant' && /^Struct$|Data$/.test(module.superclass.path))
      return unknown
    return instance
  }
  if (name === 'name' || name === 'to_s') return text(module.name)
  return undefined
}

/** A row or a relation: what its own class says first, then what every model understands. */
export function callOnRow(
  machine: Machine,
  receiver: Extract<Value, { type: 'records' }>,
  call: Call,
): Value | undefined {
  const { name, args, block, node } = call
  const { module } = receiver
  const found =
    module === undefined
      ? null
      : (findMethod(module, name, 'methods') ?? findMethod(module, name, 'ownMethods'))
  if (found !== null) {
    return callMethod(machine, { ...found, name }, { self: receiver, args, block, node, fields: new Map() })
  }
  const known = callOnRecords(machine, receiver, call)
  if (known !== undefined) return known
  if (isPure(name) || name.endsWith('=') || name.endsWith('?')) return unknown
  // Of a model of this file it is an attribute or an association; of any other it may be code of the app that is given rows.
  if (module === undefined || args?.length !== 0 || block !== null || name.endsWith('!')) {
    machine.emit(node, { kind: 'data', verb: 'update', writes: ['*'], reads: [] }, 'dynamic')
  }
  callBlockAnyTimes(machine, block, null, node)
  return { type: 'records', table: '*' }
}
