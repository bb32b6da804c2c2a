import type { OperationBody } from '../../model/operation.ts'
import { aliased, type Call } from './call.ts'
import type { Machine } from './machine.ts'
import { nodesAt, type JsNode } from './node.ts'
import { rawText } from './raw-text.ts'
import { contents, textIn, unknown, type JsValue } from './value.ts'

type Verb = Extract<OperationBody, { kind: 'data' }>['verb']

const verbs: Readonly<Record<string, Verb>> = {
  insert: 'insert',
  batchInsert: 'insert',
  upsert: 'insert',
  update: 'update',
  updateFrom: 'update',
  increment: 'update',
  decrement: 'update',
  del: 'delete',
  delete: 'delete',
  truncate: 'truncate',
}

/** Of knex itself: SQL, transactions, and the beginnings of queries. */
export function callOnKnex(machine: Machine, call: Call): JsValue {
  const { name, args, node } = call
  const [first] = args
  switch (name ?? '') {
    case 'raw':
      return raw(machine, call)
    case 'transaction':
      return first?.type === 'function' ? machine.run(first, [{ type: 'knex' }], node) : { type: 'knex' }
    case 'withSchema':
      return { type: 'knex' }
    case 'commit':
    case 'rollback':
    case 'savepoint':
      machine.handOver(args, node, 'a transaction')
      return unknown
    case 'ref':
    case 'isCompleted':
      return unknown
    case 'from':
    case 'into':
    case 'table':
      return { type: 'query', table: aliased(textIn(first)) }
    case 'select':
    case 'with':
    case 'count':
    case 'queryBuilder':
    case 'insert':
    case 'update':
    case 'batchInsert':
    case 'del':
    case 'delete':
      return callOnQuery(
        machine,
        { type: 'query', table: name === 'batchInsert' ? textIn(first) : null },
        call,
      )
    default:
      machine.opaque(node, `${name ?? 'what is not known'} of knex`)
      machine.handOver(args, node, 'knex')
      return { type: 'tainted' }
  }
}

/** Run, as it stands: what turns out to be a part of something else is taken back there. */
function raw(machine: Machine, { args, node }: Call): JsValue {
  const text = rawText(machine, args)
  const [at] = nodesAt(node, 'arguments')
  if (text !== null) return { type: 'raw', text, operations: machine.executed(at ?? node, text) }
  const before = machine.operations.length
  machine.opaque(node, 'SQL that is not known is run')
  return { type: 'raw', text, operations: machine.operations.slice(before) }
}

function dataOn(verb: Verb, table: string | null): OperationBody {
  return { kind: 'data', verb, writes: [table ?? '*'], reads: [] }
}

export function callOnQuery(
  machine: Machine,
  query: Extract<JsValue, { type: 'query' }>,
  call: Call,
): JsValue {
  const { name, args, node } = call
  const verb = name !== null && Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb !== undefined) machine.emit(node, dataOn(verb, query.table))
  else if (name === null) machine.emit(node, dataOn('update', query.table), 'dynamic')
  for (const each of args) {
    if (each.type === 'function') machine.perhaps(() => machine.run(each, [query], node, query))
    else takeFragments(machine, each, node)
  }
  if (name === 'from' || name === 'into' || name === 'table')
    return { type: 'query', table: aliased(textIn(args[0])) }
  return query
}

/** Functions that only compute: any other that a query calls may do anything. */
const pure =
  /\b(?:count|sum|min|max|avg|lower|upper|trim|length|coalesce|nullif|greatest|least|concat|now|round|abs|floor|ceil|substring|substr|replace|extract|date_trunc|to_char|to_json|to_jsonb|json\w*|jsonb_\w+|array_\w+|string_agg|row_number|rank|gen_random_uuid|md5|in|and|or|not|as|values|exists|any|all|when|then|over|cast|varchar|numeric|decimal|char|timestamp|distinct|using)\s*\(/gi

/** SQL in a query is a part of it. */
function takeFragments(machine: Machine, value: JsValue, node: JsNode): void {
  for (const each of contents(value)) takeFragments(machine, each, node)
  if (value.type !== 'raw') return
  machine.takeBack(value.operations)
  const rest = value.text?.replaceAll(pure, '')
  if (rest === undefined || /[\w"]\s*\(|;/.test(rest)) machine.opaque(node, 'a query calls what is not known')
}
