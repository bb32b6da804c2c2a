import { quoteName } from './quote.ts'
import type { ForeignDraft } from './table-draft.ts'
import { isConditional, later, opaqueOn, type TableCall } from './table-call.ts'
import { textIn, textsIn, type JsValue } from './value.ts'
import { foreignStatement } from './write-table.ts'

type KeyMethod = (call: TableCall) => JsValue | null

/** Keys and indexes of a table: each returns what the chain goes on with; null for the table. */
export const keyMethods: Readonly<Record<string, KeyMethod>> = {
  primary: (call) => addKey(call, 'primary'),
  unique: (call) => addKey(call, 'unique'),
  index: addIndex,
  foreign: (call) => {
    const columns = textsIn(call.args[0])
    const foreign = draftForeign(call, columns ?? ['?'])
    const [, name] = call.args
    foreign.name = textIn(name)
    if (columns === null || (name !== undefined && foreign.name === null && name.type !== 'null'))
      opaqueOn(call, 'a foreign key of what is not known')
    else call.table.later.push(() => foreignStatement(call.table, foreign))
    return { type: 'foreign', table: call.table, foreign }
  },
  dropForeign: (call) => dropConstraint(call, 'foreign'),
  dropUnique: (call) => dropConstraint(call, 'unique'),
  dropPrimary: (call) => {
    const [given] = call.args
    const name = given === undefined ? `${call.table.bare}_pkey` : textIn(given)
    if (name === null) opaqueOn(call, 'a primary key whose name is not known is dropped')
    else later(call, `alter table ${call.table.sql} drop constraint ${quoteName(name)}`, 'primary_key')
    return null
  },
  dropIndex: (call) => {
    const { table } = call
    const name = nameOfKey(call, 'index')
    const schema = table.table.slice(0, table.table.length - table.bare.length)
    if (name === null) opaqueOn(call, 'an index that is not known is dropped')
    else later(call, `drop index ${quoteName(schema + name)}`)
    return null
  },
}

export function draftForeign(call: TableCall, columns: readonly string[]): ForeignDraft {
  return {
    node: call.node,
    columns,
    name: null,
    references: null,
    referenced: ['id'],
    actions: [],
    isConditional: isConditional(call),
  }
}

/** A text, or an object with it under a name; undefined when none is given, null when it is not known. */
function givenName(value: JsValue | undefined, keys: readonly string[]): string | null | undefined {
  if (value === undefined || value.type === 'null') return undefined
  if (value.type !== 'object') return textIn(value)
  const own = keys.map((key) => value.entries.get(key)).find((each) => each !== undefined)
  return own === undefined ? undefined : textIn(own)
}

function addKey(call: TableCall, kind: 'primary' | 'unique'): null {
  const { table, args } = call
  const columns = textsIn(args[0])
  const options = args[1]?.type === 'object' ? args[1].entries : new Map<string, JsValue>()
  const known = new Set(['indexName', 'constraintName', 'deferrable', 'useConstraint'])
  const isOdd = [...options.keys()].some((key) => !known.has(key))
  const given = givenName(args[1], ['indexName', 'constraintName'])
  const deferrable = deferring(args[1]?.type === 'object' ? options.get('deferrable') : args[2])
  const isIndex = options.get('useConstraint')
  if (columns === null || given === null || deferrable === null || isOdd) {
    opaqueOn(call, `${kind} of what is not known`)
    return null
  }
  const names = columns.map(quoteName).join(', ')
  const name = quoteName(
    given ?? (kind === 'primary' ? `${table.bare}_pkey` : table.nameFor(columns, 'unique')),
  )
  const words = kind === 'primary' ? 'primary key' : 'unique'
  if (isIndex?.type === 'boolean' && !isIndex.isTrue && kind === 'unique')
    later(call, `create unique index ${name} on ${table.sql} (${names})`)
  else if (kind === 'primary' && table.isNew && !isConditional(call))
    table.keys.push(`constraint ${name} ${words} (${names})${deferrable}`)
  else later(call, `alter table ${table.sql} add constraint ${name} ${words} (${names})${deferrable}`)
  return null
}

/** @returns null when it is not known. */
export function deferring(value: JsValue | undefined): string | null {
  if (value === undefined) return ''
  switch (textIn(value) ?? '') {
    case 'deferred':
      return ' deferrable initially deferred'
    case 'immediate':
      return ' deferrable initially immediate'
    case 'not deferrable':
      return ''
    default:
      return null
  }
}

function addIndex(call: TableCall): null {
  const { table, args } = call
  const columns = textsIn(args[0])
  const [, second, third] = args
  const options = third?.type === 'object' ? third.entries : new Map<string, JsValue>()
  const given = givenName(second, [])
  const method =
    third === undefined
      ? 'btree'
      : textIn(third.type === 'object' ? options.get('storageEngineIndexType') : third)
  const isOdd = [...options.keys()].some((key) => key !== 'storageEngineIndexType')
  if (call.machine.engine === 'mysql' && third !== undefined) return addIndexOfKind(call)
  if (columns === null || given === null || method === null || isOdd || second?.type === 'object') {
    opaqueOn(call, 'an index of what is not known')
    return null
  }
  const name = quoteName(given ?? table.nameFor(columns, 'index'))
  const names = columns.map(quoteName).join(', ')
  later(call, `create index ${name} on ${table.sql} using ${method} (${names})`)
  return null
}

/** On MySQL the kind of an index is a word before it. */
function addIndexOfKind(call: TableCall): null {
  const { table, args } = call
  const [, second, third] = args
  const columns = textsIn(args[0])
  const given = givenName(second, [])
  const said = third?.type === 'object' ? third.entries.get('indexType') : third
  const kind = textIn(said)?.toLowerCase()
  const isOnly = third?.type !== 'object' || third.entries.size === 1
  if (columns === null || given === null || kind === undefined || !kinds.has(kind) || !isOnly) {
    opaqueOn(call, 'an index of what is not known')
    return null
  }
  const name = quoteName(given ?? table.nameFor(columns, 'index'))
  const names = columns.map(quoteName).join(', ')
  const method = kind === 'unique' ? '' : ` using ${kind}`
  later(call, `create ${kind === 'unique' ? 'unique ' : ''}index ${name} on ${table.sql}${method} (${names})`)
  return null
}

const kinds: ReadonlySet<string> = new Set(['fulltext', 'spatial', 'unique'])

function nameOfKey({ table, args }: TableCall, suffix: string): string | null {
  const [first, second] = args
  if (second !== undefined && second.type !== 'null') return textIn(second)
  const columns = textsIn(first)
  return columns === null || columns.length === 0 ? null : table.nameFor(columns, suffix)
}

function dropConstraint(call: TableCall, suffix: 'foreign' | 'unique'): null {
  const name = nameOfKey(call, suffix)
  if (name === null) opaqueOn(call, 'a key that is not known is dropped')
  else
    later(
      call,
      `alter table ${call.table.sql} drop constraint ${quoteName(name)}`,
      suffix === 'foreign' ? 'foreign_key' : 'unique',
    )
  return null
}
