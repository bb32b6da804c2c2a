import { aliased, type Call } from './call.ts'
import { callOnKnex, callOnQuery } from './query-methods.ts'
import { callOnList } from './list-methods.ts'
import { callOnColumn, callOnForeign } from './column-methods.ts'
import { propertyOf } from './literals.ts'
import type { Machine } from './machine.ts'
import type { JsNode } from './node.ts'
import { callOnSchema } from './schema-methods.ts'
import { callOnTable } from './table-methods.ts'
import { mayAct, tainted, textIn, unknown, type JsValue } from './value.ts'

/** Libraries that compute: none of them reaches the database by itself. */
const computing =
  /^(?:node:)?(?:path|fs|crypto|url|os|util|uuid|lodash|dayjs|moment|luxon|date-fns|nanoid|process|console|JSON|Math|Object|Array|Number|String|Boolean|Date|Promise|Symbol|BigInt|Set|Map|parseInt|parseFloat|isNaN|Buffer|Intl|RegExp|\w*Error|knex\.fn|setTimeout|setImmediate|performance|structuredClone|encodeURIComponent|decodeURIComponent|__dirname|__filename)(?=$|[./])/

export function callPlain(machine: Machine, call: Call): JsValue {
  const { of, name, args, node } = call
  if (of.type === 'function') return machine.run(of, args, node)
  if (of.type === 'knex') return { type: 'query', table: aliased(textIn(args[0])) }
  if (of.type === 'module' && of.name === 'require') return { type: 'module', name: textIn(args[0]) ?? '?' }
  if (of.type === 'module') return callUnread(machine, call, of.name)
  machine.opaque(
    node,
    `${name === null || name === '' ? 'what is not known' : name} is called, which is not followed`,
  )
  machine.handOver(args, node, 'what is not followed')
  return unknown
}

/** It may have a connection of its own, unless it is known to compute. */
function callUnread(machine: Machine, { args, node }: Call, name: string): JsValue {
  if (!computing.test(name)) machine.opaque(node, `${name}, which is not in this file, is called`)
  machine.handOver(args, node, `${name}, which is not in this file,`)
  return args.some(mayAct) && !isWaitedFor(name) ? tainted : unknown
}

/** What comes of these is what their arguments come to, which has been said. */
function isWaitedFor(name: string): boolean {
  return /^(?:Promise\.\w+|console\.\w+|setTimeout|setImmediate)$/.test(name)
}

export function callMember(machine: Machine, call: Call): JsValue {
  const { of, name, args, node } = call
  if (of.type !== 'module' && (name === 'then' || name === 'finally' || name === 'catch'))
    return goOn(machine, call)
  switch (of.type) {
    case 'knex':
      return callOnKnex(machine, call)
    case 'schema':
      return callOnSchema(machine, of, call)
    case 'table':
      return callOnTable({ machine, table: of.table, name, args, node })
    case 'column':
      return callOnColumn({ machine, table: of.table, name, args, node }, of.column)
    case 'foreign':
      return callOnForeign({ machine, table: of.table, name, args, node }, of.foreign)
    case 'query':
      return callOnQuery(machine, of, call)
    case 'raw':
      return of
    case 'tainted':
      machine.opaque(node, `${name ?? 'what is not known'} of what may change the schema`)
      machine.handOver(args, node, 'what is not followed')
      return tainted
    case 'list':
      if (name !== null && /^\d+$/.test(name))
        return callPlain(machine, { of: propertyOf(of, name), name, args, node })
      return callOnList(machine, of, call)
    case 'module':
      return callOnModule(machine, of.name, call)
    case 'function':
      if (name === 'call') return machine.run(of, args.slice(1), node, args[0] ?? unknown)
      machine.opaque(node, `${name ?? 'what is not known'} of a function`)
      return tainted
    case 'object':
      return callOnObject(machine, of, call)
    case 'text':
    case 'number':
    case 'boolean':
    case 'null':
    case 'unknown':
    default:
      // Rows, dates, texts: what they are handed runs perhaps, and nothing else does.
      machine.handOver(args, node, 'code that is not read')
      return args.some(mayAct) ? tainted : unknown
  }
}

/** What is done when it has been done. */
function goOn(machine: Machine, { of, name, args, node }: Call): JsValue {
  const [done, failed] = args
  if (name === 'catch') {
    for (const each of args) machine.perhaps(() => settle(machine, each, [], node))
    return of
  }
  if (done === undefined) return of
  const settled = name === 'then' && (of.type === 'knex' || of.type === 'tainted') ? of : unknown
  const result = settle(machine, done, name === 'then' ? [settled] : [], node)
  if (failed !== undefined) machine.perhaps(() => settle(machine, failed, [], node))
  if (name === 'finally') return of
  // Of what builds the schema, `then` makes a plain promise.
  return result
}

function settle(machine: Machine, of: JsValue, args: readonly JsValue[], node: JsNode): JsValue {
  return of.type === 'null' ? unknown : callPlain(machine, { of, name: null, args, node })
}

function callOnModule(machine: Machine, module: string, call: Call): JsValue {
  const { name, args, node } = call
  if (module === 'Promise' && args[0]?.type === 'list') return args[0]
  if (module === 'Promise' && name === 'resolve') return args[0] ?? { type: 'null' }
  if (module === 'Object' && args.length === 1) {
    const listed = listOf(name, args[0])
    if (listed !== null) return listed
  }
  if (/^(?:console|JSON|path|node:path)$/.test(module) && !args.some(mayAct)) return unknown
  if (module === 'knex.fn' && name === 'now') {
    const [precision] = args
    const size = precision?.type === 'number' ? `(${precision.number})` : ''
    return { type: 'raw', text: `CURRENT_TIMESTAMP${size}`, operations: [] }
  }
  if (module === 'knex.fn' && name === 'uuid')
    return { type: 'raw', text: '(gen_random_uuid())', operations: [] }
  const result = callUnread(machine, call, `${module}.${name ?? '?'}`)
  // `then` of another file's promise leads to what that file has.
  if (name === 'then' && !computing.test(module)) machine.opaque(node, `what ${module} gives is not known`)
  return result
}

/** What `Object` says of an object that is known. */
function listOf(name: string | null, given: JsValue | undefined): JsValue | null {
  if (given?.type !== 'object') return null
  const text = (key: string): JsValue => ({ type: 'text', text: key })
  switch (name ?? '') {
    case 'freeze':
      return given
    case 'keys':
      return { type: 'list', items: [...given.entries.keys()].map(text) }
    case 'values':
      return { type: 'list', items: [...given.entries.values()] }
    case 'entries':
      return {
        type: 'list',
        items: [...given.entries].map(([key, own]) => ({ type: 'list', items: [text(key), own] })),
      }
    default:
      return null
  }
}

function callOnObject(
  machine: Machine,
  of: Extract<JsValue, { type: 'object' }>,
  { name, args, node }: Call,
): JsValue {
  const own = name === null ? undefined : of.entries.get(name)
  if (own?.type === 'function') return machine.run(own, args, node, of)
  if (own !== undefined ? mayAct(own) : name === null && mayAct(of)) {
    machine.opaque(node, 'a call of what an object holds, which is not followed')
  }
  machine.handOver(args, node, 'code that is not read')
  return args.some(mayAct) || mayAct(of) ? tainted : unknown
}
