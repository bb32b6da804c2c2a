import type { OperationBody } from '../../../model/operation.ts'
import type { Call, Machine } from '../ruby/machine.ts'
import { nameIn, namesIn, nil, truthOf } from '../ruby/value.ts'
import { flagIn, type Given } from './given.ts'

type Statement = (machine: Machine, given: Given, call: Call) => void

/** Extensions, enums and schemas of Postgres. */
export const typeStatements: Readonly<Record<string, Statement>> = {
  enable_extension: (machine, { values }, { node }) => {
    const name = nameIn(values[0])
    if (name === null) return machine.opaque(node, 'an extension that is not known')
    // A dump names the schema that it is in.
    const bare = name.split('.').at(-1) ?? name
    if (bare !== 'plpgsql') machine.emit(node, { kind: 'create_extension', name: bare, isLenient: true })
  },
  disable_extension: (machine, { values, options }, { node }) => {
    const name = nameIn(values[0])
    if (name === null) return machine.opaque(node, 'an extension that is not known')
    const force = truthOf(options.get('force') ?? nil) !== false
    if (force || machine.setting.rules.isExtensionDropCascading) {
      return machine.opaque(node, `the extension ${name} is dropped with all that depends on it`)
    }
    machine.emit(node, { kind: 'drop_extension', name, isLenient: true })
  },
  create_enum: (machine, { values }, { node }) => {
    const name = nameIn(values[0])
    const list = namesIn(values[1])
    emit(
      machine,
      node,
      name === null || list === null ? null : { kind: 'create_enum', name, values: list },
      'an enum',
    )
  },
  drop_enum: (machine, { values, options }, { node }) => {
    const name = nameIn(values[0])
    emit(
      machine,
      node,
      name === null ? null : { kind: 'drop_type', name, ifExists: flagIn(options, 'if_exists') === true },
      'an enum',
    )
  },
  rename_enum: (machine, { values }, { node }) => {
    machine.opaque(node, `the enum ${nameIn(values[0]) ?? '?'} is renamed`)
  },
  add_enum_value: (machine, { values, options }, { node }) => {
    const [name, value] = values.map((each) => nameIn(each))
    const side = options.has('before') ? 'before' : 'after'
    const neighbour = nameIn(options.get(side))
    if (name == null || value == null || (options.has(side) && neighbour === null)) {
      return machine.opaque(node, 'a value of an enum that is not known')
    }
    machine.emit(node, {
      kind: 'add_enum_value',
      name,
      value,
      ...(neighbour === null ? {} : { neighbour: { value: neighbour, side } }),
      ifNotExists: flagIn(options, 'if_not_exists') === true,
    })
  },
  rename_enum_value: (machine, { values, options }, { node }) => {
    const [name, from, to] = [nameIn(values[0]), nameIn(options.get('from')), nameIn(options.get('to'))]
    const isKnown = name !== null && from !== null && to !== null
    emit(
      machine,
      node,
      isKnown ? { kind: 'rename_enum_value', name, value: from, to } : null,
      'a value of an enum',
    )
  },
  create_schema: (machine, { values, options }, { node }) => {
    const name = nameIn(values[0])
    const isLenient = flagIn(options, 'if_not_exists') === true
    emit(machine, node, name === null ? null : { kind: 'create_schema', name, isLenient }, 'a schema')
  },
  drop_schema: (machine, { values }, { node }) => {
    // Rails drops it with all that is in it.
    machine.opaque(node, `the schema ${nameIn(values[0]) ?? '?'} is dropped with all that is in it`)
  },
}

function emit(machine: Machine, node: Call['node'], body: OperationBody | null, what: string): void {
  if (body === null) machine.opaque(node, `${what} that is not known`)
  else machine.emit(node, body)
}
