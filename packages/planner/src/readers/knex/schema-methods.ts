import type { Call } from './call.ts'
import type { Machine } from './machine.ts'
import { quoteName } from './quote.ts'
import { rawText } from './raw-text.ts'
import { adaptToMysql } from './on-mysql.ts'
import { TableDraft, type Statement } from './table-draft.ts'
import { textIn, unknown, type JsValue } from './value.ts'
import { writeTable } from './write-table.ts'

type Schema = Extract<JsValue, { type: 'schema' }>

/** Those that name one thing, and the words for it. */
const named: Readonly<Record<string, string>> = {
  dropTable: 'drop table',
  dropTableIfExists: 'drop table if exists',
  dropView: 'drop view',
  dropViewIfExists: 'drop view if exists',
  dropMaterializedView: 'drop materialized view',
  dropMaterializedViewIfExists: 'drop materialized view if exists',
}

/** Knex takes no notice of `withSchema` for these. */
const unscoped: Readonly<Record<string, string>> = {
  refreshMaterializedView: 'refresh materialized view',
  createSchema: 'create schema',
  createSchemaIfNotExists: 'create schema if not exists',
  dropSchema: 'drop schema',
  dropSchemaIfExists: 'drop schema if exists',
  createExtension: 'create extension',
  createExtensionIfNotExists: 'create extension if not exists',
  dropExtension: 'drop extension',
  dropExtensionIfExists: 'drop extension if exists',
}

/** @returns the same schema, on which the chain goes on. */
export function callOnSchema(machine: Machine, schema: Schema, call: Call): JsValue {
  const { name, args, node } = call
  const used: JsValue = { ...schema, isUsed: true }
  const [first, second] = args.map(textIn)
  const own = name !== null && Object.hasOwn(named, name) ? named[name] : undefined
  const global = name !== null && Object.hasOwn(unscoped, name) ? unscoped[name] : undefined
  if (own !== undefined || global !== undefined) {
    if (first == null || args.length > 1) machine.opaque(node, `${name} of what is not known`)
    else
      machine.sql(
        node,
        `${own ?? global} ${quoteName(own === undefined ? first : `${schema.prefix}${first}`)}`,
      )
    return used
  }
  switch (name ?? '') {
    case 'withSchema':
      if (first == null) machine.opaque(node, 'a schema that is not known')
      return { ...schema, prefix: first === 'public' ? '' : `${first ?? '?'}.` }
    case 'createTable':
    case 'createTableIfNotExists':
    case 'alterTable':
    case 'table':
      changeTable(machine, schema, call)
      return used
    case 'createTableLike':
      if (first == null || second == null || args.length > 2)
        machine.opaque(node, 'a table is made like what is not known')
      else
        machine.sql(
          node,
          `create table ${quoteName(`${schema.prefix}${first}`)} (like ${quoteName(`${schema.prefix}${second}`)} including all)`,
        )
      return used
    case 'renameTable':
      if (first == null || second == null)
        machine.opaque(node, 'a table is renamed, and the names are not known')
      else
        machine.sql(
          node,
          `alter table ${quoteName(`${schema.prefix}${first}`)} rename to ${quoteName(second)}`,
        )
      return used
    case 'hasTable':
    case 'hasColumn':
    case 'toSQL':
    case 'toString':
    case 'toQuery':
      return unknown
    case 'transacting':
    case 'connection':
    case 'debug':
    case 'queryContext':
    case 'options':
      return schema
    case 'raw': {
      const text = rawText(machine, args)
      if (text === null) machine.opaque(node, 'SQL that is not known is run')
      else machine.executed(node, text)
      return used
    }
    default:
      machine.opaque(node, `${name ?? 'what is not known'} of the schema`)
      machine.handOver(args, node, 'the schema')
      return used
  }
}

function changeTable(machine: Machine, { prefix }: Schema, { name, args, node }: Call): void {
  const bare = textIn(args[0])
  const build = args.at(-1)
  if (bare === null || build?.type !== 'function' || args.length !== 2) {
    machine.opaque(
      node,
      'a table is changed, and its name or what is done to it is not known',
      bare === null ? 'anything' : [`${prefix}${bare}`],
    )
    machine.handOver(args, node, 'a table')
    return
  }
  const isNew = name === 'createTable' || name === 'createTableIfNotExists'
  const draft = new TableDraft({ prefix, bare, isNew, conditions: machine.conditions })
  const handle: JsValue = { type: 'table', table: draft }
  // In a plain function the table is `this`, too.
  machine.run(build, [handle], node, handle)
  const ifNotExists = name === 'createTableIfNotExists'
  const { engine } = machine
  const adapt = (written: Statement) =>
    engine === 'mysql'
      ? adaptToMysql(written, { table: draft.table, together: `${machine.file}#table at ${node.start}` })
      : undefined
  for (const each of writeTable(draft, { node, ifNotExists, engine }))
    machine.sql(each.node, each.text, each.confidence, adapt(each))
}
