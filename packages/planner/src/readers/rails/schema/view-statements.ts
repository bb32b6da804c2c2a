import type { Call, Machine } from '../ruby/machine.ts'
import { nameIn, type Value } from '../ruby/value.ts'
import { flagIn, type Given } from './given.ts'
import { bodyOf } from './table-sink.ts'

type Statement = (machine: Machine, given: Given, call: Call) => void

/**
 * Views, functions and triggers as the libraries scenic and fx say them. A dump has their SQL; in a migration it usually stands in a
 * file of its own, which is not read: then the name is known, and what it touches is not.
 */
export const viewStatements: Readonly<Record<string, Statement>> = {
  create_view: (machine, given, call) => makeView(machine, given, call, false),
  // Scenic drops it and makes it anew.
  update_view: (machine, given, call) => makeView(machine, given, call, true),
  replace_view: (machine, given, call) => makeView(machine, given, call, true),
  drop_view: (machine, { values, options }, { node }) => {
    const name = nameIn(values[0])
    if (name === null) return machine.opaque(node, 'a view that is not known is dropped')
    const isMaterialized = flagIn(options, 'materialized') === true
    machine.emit(node, { kind: 'drop_view', name, isMaterialized, ifExists: false })
  },
  create_function: readDefinition,
  create_trigger: readDefinition,
}

function makeView(machine: Machine, { values, options }: Given, { node }: Call, isReplacing: boolean): void {
  const name = nameIn(values[0])
  if (name === null) return machine.opaque(node, 'a view that is not known is made')
  // Options of its own, as `{ no_data: true }`, say materialized, too.
  const given = options.get('materialized')
  const isMaterialized = given?.type === 'hash' || flagIn(options, 'materialized') === true
  const view = { kind: 'create_view', name, isMaterialized, isReplacing } as const
  const sql = textIn(options.get('sql_definition'))
  if (sql !== null && machine.setting.adapter === 'postgresql') {
    const made = isMaterialized ? 'CREATE MATERIALIZED VIEW' : 'CREATE VIEW'
    const text = `${made} ${quoted(name)} AS ${sql}`
    const { operations } = machine.setting.sql({ file: machine.file, text, firstLine: machine.lineOf(node) })
    for (const operation of operations) {
      const body = bodyOf(operation)
      machine.emit(
        node,
        body.kind === 'create_view' ? { ...body, isReplacing } : body,
        operation.confidence,
        machine.lineOf(node),
      )
    }
    return
  }
  machine.emit(node, { ...view, reads: [], definition: sql ?? '' })
  // Of the dump of another database nobody asks what its views read.
  if (sql === null || !machine.isDump)
    machine.opaque(node, `what the view ${name} selects is not in this file`)
}

function readDefinition(machine: Machine, { options }: Given, { node, name }: Call): void {
  const sql = textIn(options.get('sql_definition'))
  if (sql === null || machine.setting.adapter !== 'postgresql') {
    return machine.opaque(node, `${name}, whose SQL is not in this file`)
  }
  const { operations } = machine.setting.sql({
    file: machine.file,
    text: sql,
    firstLine: machine.lineOf(node),
  })
  for (const operation of operations) {
    machine.emit(node, bodyOf(operation), operation.confidence, machine.lineOf(node))
  }
}

function textIn(value: Value | undefined): string | null {
  return value?.type === 'string' ? value.text : null
}

function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}
