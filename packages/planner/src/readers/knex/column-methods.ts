import { deferring, draftForeign, keyMethods } from './key-methods.ts'
import { quoteText } from './quote.ts'
import type { ColumnDraft, ForeignDraft } from './table-draft.ts'
import { isConditional, opaqueOn, type TableCall } from './table-call.ts'
import { flagIn, jsonOf, textIn, textsIn, type JsValue } from './value.ts'
import { withoutSign } from './mysql-types.ts'
import { foreignStatement } from './write-table.ts'

/** What follows the type in the chain of a column. */
export function callOnColumn(call: TableCall, column: ColumnDraft): JsValue {
  const { machine, table, name, args, node } = call
  const self: JsValue = { type: 'column', table, column }
  const [first] = args
  // Of a column that is made anyhow, it is not known whether this is said.
  if (isConditional(call) && !column.isConditional) column.confidence = 'dynamic'
  switch (name ?? '') {
    case 'notNullable':
    case 'notNull':
      column.nullable = false
      return self
    case 'nullable':
      if (first !== undefined && first.type !== 'boolean') column.confidence = 'dynamic'
      column.nullable = !(first?.type === 'boolean' && !first.isTrue)
      return self
    case 'defaultTo':
    case 'default':
      column.default = defaultIn(call, column)
      return self
    case 'primary':
    case 'unique':
    case 'index':
      // A counter has its key already.
      if (!/serial|identity/.test(column.type))
        keyMethods[name ?? '']?.({ ...call, args: [{ type: 'text', text: column.name }, ...args] })
      return self
    case 'references': {
      const foreign = draftForeign(call, [column.name])
      column.foreign = foreign
      table.later.push(() => foreignStatement(table, foreign))
      refer(call, foreign)
      return self
    }
    case 'alter':
      column.altered = {
        isType: flagIn(first, 'alterType') !== false,
        isNullable: flagIn(first, 'alterNullable') !== false,
      }
      if (column.type.includes(' check ') || /serial|identity/.test(column.type))
        opaqueOn(call, `${column.name} is altered to a type with more to it`)
      return self
    case 'comment':
      column.comment = textIn(first)
      if (column.comment === null) opaqueOn(call, 'a comment that is not known')
      return self
    case 'unsigned':
      if (machine.engine === 'mysql') column.type = withoutSign(column.type)
      return self
    case 'after':
    case 'first':
      column.isPlaced = true
      return self
    case 'collate':
    case 'queryContext':
      return self
    default:
      if (column.foreign !== null && name !== null && ofForeign.has(name)) {
        callOnForeign(call, column.foreign)
        return self
      }
      opaqueOn(call, `${name ?? 'what is not known'} of a column`)
      machine.handOver(args, node, 'a column')
      return self
  }
}

/** Its volatility is not known either, so that it counts as one that rewrites. */
const unknownDefault = 'what_is_not_known()'

function defaultIn({ machine, args }: TableCall, column: ColumnDraft): string {
  const [value] = args
  switch (value?.type) {
    case undefined:
    case 'null':
      return 'null'
    case 'text':
      return quoteText(value.text)
    case 'number':
      return `'${value.number}'`
    case 'boolean':
      return `'${/^(?:boolean|"tinyint\(1\)")$/.test(column.type) ? Number(value.isTrue) : value.isTrue}'`
    case 'raw':
      machine.takeBack(value.operations)
      if (value.text !== null) return value.text
      break
    case 'object':
    case 'list': {
      const json = column.isJson ? jsonOf(value) : undefined
      if (json !== undefined) return quoteText(JSON.stringify(json))
      break
    }
    case 'column':
    case 'foreign':
    case 'function':
    case 'knex':
    case 'module':
    case 'query':
    case 'schema':
    case 'table':
    case 'tainted':
    case 'unknown':
    default:
  }
  column.confidence = 'dynamic'
  return unknownDefault
}

const ofForeign: ReadonlySet<string> = new Set([
  'inTable',
  'onDelete',
  'onUpdate',
  'withKeyName',
  'deferrable',
  'on',
])

/** What follows `foreign`, or `references` of a column. */
export function callOnForeign(call: TableCall, foreign: ForeignDraft): JsValue {
  const { machine, table, name, args, node } = call
  const self: JsValue = { type: 'foreign', table, foreign }
  const text = textIn(args[0])
  if (isConditional(call) && !foreign.isConditional)
    opaqueOn(call, 'a part of a foreign key that may not be there')
  switch (name ?? '') {
    case 'references':
      refer(call, foreign)
      return self
    case 'inTable':
    case 'on':
      foreign.references = text
      if (text === null) opaqueOn(call, 'a reference to a table that is not known')
      return self
    case 'onDelete':
    case 'onUpdate':
      if (text === null || !actions.has(text.toLowerCase())) opaqueOn(call, `${name} with what is not known`)
      else
        foreign.actions = [`${name === 'onDelete' ? 'on delete' : 'on update'} ${text}`, ...foreign.actions]
      return self
    case 'withKeyName':
      foreign.name = text
      if (text === null) opaqueOn(call, 'a foreign key whose name is not known')
      return self
    case 'deferrable': {
      const words = deferring(args[0])
      if (words === null) opaqueOn(call, 'deferrable with what is not known')
      // It stands last, wherever it was said.
      else foreign.actions = [...foreign.actions, words.trim()]
      return self
    }
    default:
      opaqueOn(call, `${name ?? 'what is not known'} of a foreign key`)
      machine.handOver(args, node, 'a foreign key')
      return self
  }
}

const actions: ReadonlySet<string> = new Set(['cascade', 'set null', 'restrict', 'set default', 'no action'])

/** `references('id')`, `references('shops.id')`, `references(['a', 'b'])`. */
function refer(call: TableCall, foreign: ForeignDraft): void {
  const target = textsIn(call.args[0])
  const [only] = target ?? []
  if (target === null || only === undefined) opaqueOn(call, 'a reference to what is not known')
  else if (target.length === 1 && only.includes('.')) {
    foreign.references = only.slice(0, only.lastIndexOf('.'))
    foreign.referenced = [only.slice(only.lastIndexOf('.') + 1)]
  } else foreign.referenced = target
}
