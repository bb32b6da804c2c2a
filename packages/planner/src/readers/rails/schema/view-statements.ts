import type { Call, Machine } from '../ruby/machine.ts'
import { nameIn, type Value } from '../ruby/value.ts'
import { flagIn, type Given, type Options } from './given.ts'
import { bodyOf } from './table-sink.ts'

type Statement = (machine: Machine, given: Given, call: Call) => void

/**
 * Views, functions and triggers as the libraries scenic and fx say them. A dump has their SQL; in a migration it usually stands in a
 * file of its own, by name and version. Where that is not there, the name is known, and what it touches is not.
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
  // What was there is dropped and made anew.
  update_function: readDefinition,
  update_trigger: readDefinition,
}

function makeView(machine: Machine, { values, options }: Given, { node }: Call, isReplacing: boolean): void {
  const name = nameIn(values[0])
  if (name === null) return machine.opaque(node, 'a view that is not known is made')
  // Options of its own, as `{ no_data: true }`, say materialized, too.
  const given = options.get('materialized')
  const isMaterialized = given?.type === 'hash' || flagIn(options, 'materialized') === true
  const view = { kind: 'create_view', name, isMaterialized, isReplacing } as const
  const written = textIn(options.get('sql_definition'))
  const kept = written === null ? definitionOf(machine, { folder: 'views', name, options }) : null
  const sql = written ?? kept
  const isRead = kept !== null || machine.setting.adapter === 'postgresql'
  if (sql !== null && isRead && machine.setting.adapter !== 'sqlite') {
    const made = isMaterialized ? 'CREATE MATERIALIZED VIEW' : 'CREATE VIEW'
    const quote = machine.setting.adapter === 'mysql' ? '`' : '"'
    const text = `${made} ${quoted(name, quote)} AS ${sql}`
    const { operations } = machine.setting.executed({
      file: machine.file,
      text,
      firstLine: machine.lineOf(node),
    })
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

function readDefinition(machine: Machine, { values, options }: Given, { node, name }: Call): void {
  const folder = name.endsWith('function') ? 'functions' : 'triggers'
  const called = nameIn(values[0])
  const written = textIn(options.get('sql_definition'))
  const kept =
    written === null && called !== null ? definitionOf(machine, { folder, name: called, options }) : null
  const sql = written ?? kept
  if (sql === null || machine.setting.adapter !== 'postgresql') {
    return machine.opaque(node, `${name}, whose SQL is not in this file`)
  }
  const { operations } = machine.setting.sql({
    file: machine.file,
    text: sql,
    firstLine: machine.lineOf(node),
  })
  for (const operation of operations) {
    const body = bodyOf(operation)
    const isAgain = name === 'update_function' && body.kind === 'create_function'
    machine.emit(
      node,
      isAgain ? { ...body, isReplacing: true } : body,
      operation.confidence,
      machine.lineOf(node),
    )
  }
}

/** `db/views/recent_v02.sql`, beside the folder of the migration; null where it is not there. */
function definitionOf(
  machine: Machine,
  { folder, name, options }: { readonly folder: string; readonly name: string; readonly options: Options },
): string | null {
  const given = options.get('version')
  if (given !== undefined && given.type !== 'number') return null
  const version = String(given?.number ?? 1).padStart(2, '0')
  const [top] = machine.file.split(/(?<=(?:^|\/)db\/)migrate\//)
  if (top === undefined || top === machine.file) return null
  return machine.setting.textOf(`${top}${folder}/${name.replaceAll('.', '_')}_v${version}.sql`)
}

function textIn(value: Value | undefined): string | null {
  return value?.type === 'string' ? value.text : null
}

function quoted(name: string, quote: string): string {
  return name
    .split('.')
    .map((part) => `${quote}${part.replaceAll(quote, quote + quote)}${quote}`)
    .join('.')
}
