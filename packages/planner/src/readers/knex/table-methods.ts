import { isConditional, later, opaqueOn, type TableCall } from './table-call.ts'
import { keyMethods } from './key-methods.ts'
import { mysqlTypeOf } from './mysql-types.ts'
import { typeOf, type ColumnType } from './column-types.ts'
import { quoteName, quoteText } from './quote.ts'
import type { ColumnDraft } from './table-draft.ts'
import { textIn, textsIn, unknown, type JsValue } from './value.ts'

/** @returns what the chain goes on with. */
export function callOnTable(call: TableCall): JsValue {
  const { machine, table, name, args, node } = call
  const self: JsValue = { type: 'table', table }
  if (name === null) {
    opaqueOn(call, 'a call on a table whose name is not known')
    machine.handOver(args, node, 'a table')
    return unknown
  }
  const typed = machine.engine === 'mysql' ? mysqlTypeOf(name, args) : typeOf(name, args)
  if (typed !== null) return typedColumn(call, typed)
  const ofKeys = Object.hasOwn(keyMethods, name) ? keyMethods[name] : undefined
  if (ofKeys !== undefined) return ofKeys(call) ?? self
  switch (name) {
    case 'timestamps':
    case 'dropTimestamps':
      timestamps(call)
      return name === 'timestamps' ? unknown : self
    case 'dropColumn':
    case 'dropColumns':
      for (const each of args.flatMap((given): readonly (string | null)[] => textsIn(given) ?? [null]))
        if (each === null) opaqueOn(call, 'a column that is not known is dropped')
        else later(call, `alter table ${table.sql} drop column ${quoteName(each)}`)
      return self
    case 'renameColumn': {
      const [from, to] = args.map(textIn)
      if (from == null || to == null) opaqueOn(call, 'a column is renamed, and the names are not known')
      else later(call, `alter table ${table.sql} rename ${quoteName(from)} to ${quoteName(to)}`)
      return self
    }
    case 'setNullable':
    case 'dropNullable':
      for (const each of textsIn(args[0]) ?? [null])
        if (each === null) opaqueOn(call, 'nulls of a column that is not known')
        else
          later(
            call,
            `alter table ${table.sql} alter column ${quoteName(each)} ${name === 'setNullable' ? 'drop' : 'set'} not null`,
          )
      return self
    case 'comment': {
      const text = textIn(args[0])
      if (text === null) opaqueOn(call, 'a comment that is not known')
      else later(call, `comment on table ${table.sql} is ${quoteText(text)}`)
      return self
    }
    case 'inherits': {
      const parent = textIn(args[0])
      if (parent === null || !table.isNew) opaqueOn(call, 'a table inherits from what is not known')
      else table.suffix = ` inherits (${quoteName(parent)})`
      return self
    }
    case 'engine':
    case 'charset':
    case 'collate':
    case 'queryContext':
      return self
    default:
      opaqueOn(call, `${name} of a table`)
      machine.handOver(args, node, 'a table')
      return unknown
  }
}

function typedColumn(call: TableCall, { type, before }: ColumnType): JsValue {
  const { table, name, args, node } = call
  const isSerial = /increments$/i.test(name ?? '')
  const column = args.length === 0 && isSerial ? 'id' : textIn(args[0])
  if (column === null || type === null) {
    opaqueOn(call, `a column whose ${column === null ? 'name' : 'type'} is not known`)
    // What is said of it further on goes nowhere: all of it is opaque.
    return { type: 'column', table, column: draftOf(call, '?', '?') }
  }
  const confidence = isConditional(call) ? 'conditional' : 'exact'
  if (before !== undefined) table.before.push({ node, text: before, confidence })
  const draft = draftOf(call, column, type)
  table.columns.push(draft)
  return { type: 'column', table, column: draft }
}

function draftOf(call: TableCall, name: string, type: string): ColumnDraft {
  return {
    node: call.node,
    name,
    type,
    isJson: call.name === 'json' || call.name === 'jsonb',
    nullable: null,
    default: null,
    foreign: null,
    altered: null,
    comment: null,
    isPlaced: false,
    confidence: 'exact',
    isConditional: isConditional(call),
  }
}

function timestamps(call: TableCall): void {
  const { machine, table, name, args } = call
  const [options] = args
  const entries = options?.type === 'object' ? [...options.entries.values()] : args
  if (entries.some((each) => each.type !== 'boolean')) return opaqueOn(call, `${name} with what is not known`)
  const at = (place: number, key: string): boolean => {
    const given = options?.type === 'object' ? options.entries.get(key) : args[place]
    return given?.type === 'boolean' && given.isTrue
  }
  const isTimestamp = at(0, 'useTimestamps')
  const mysqlType = isTimestamp ? '"timestamp"' : '"datetime"'
  const timeType = machine.engine === 'mysql' ? mysqlType : 'timestamptz'
  const isDropped = name === 'dropTimestamps'
  const isCamel = at(isDropped ? 0 : 2, 'useCamelCase')
  const hasNow = !isDropped && at(1, 'defaultToNow')
  for (const column of isCamel ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at']) {
    if (isDropped) later(call, `alter table ${table.sql} drop column ${quoteName(column)}`)
    else {
      const draft = draftOf(call, column, timeType)
      if (hasNow) Object.assign(draft, { nullable: false, default: 'CURRENT_TIMESTAMP' })
      table.columns.push(draft)
    }
  }
}
