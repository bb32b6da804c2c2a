import { nameIn, nil, truthOf, type Value } from '../ruby/value.ts'
import type { Statement } from './column-statements.ts'
import { defaultOf } from './default-value.ts'
import type { Given } from './given.ts'

/** `from:` and `to:`, or the value itself. */
function changed(given: Given, at: number): Value | undefined {
  const { values, options } = given
  return options.has('to') ? options.get('to') : values[at]
}

export function changeDefault({ machine, sink, given, node }: Statement): void {
  const column = nameIn(given.values[0])
  const value = changed(given, 1)
  if (column === null || !given.areOptionsKnown)
    return sink.opaque(node, 'a default is changed, and the column is not known')
  const read = defaultOf(machine, value, { type: '', node })
  sink.emit(
    { kind: 'set_default', table: sink.table, column, default: read },
    node,
    read?.volatility === 'unknown' ? 'dynamic' : 'exact',
  )
}

/** With a value for the rows that have none, it writes them first. */
export function changeNull({ sink, given, node }: Statement): void {
  const { table } = sink
  const column = nameIn(given.values[0])
  const nullable = truthOf(given.values[1] ?? nil)
  if (column === null) return sink.opaque(node, 'nulls of a column that is not known')
  const filler = given.values[2] ?? nil
  if (nullable !== true && filler.type !== 'nil')
    sink.emit({ kind: 'data', verb: 'update', writes: [table], reads: [] }, node)
  sink.emit(
    { kind: 'set_nullable', table, column, nullable: nullable === true },
    node,
    nullable === null ? 'dynamic' : 'exact',
  )
}

export function changeComment({ sink, given, node }: Statement): void {
  const column = nameIn(given.values[0])
  const value = changed(given, 1)
  if (column === null) return sink.opaque(node, 'the comment of a column that is not known')
  const comment = value === undefined || value.type === 'nil' ? '' : nameIn(value)
  sink.emit(
    { kind: 'alter_column', table: sink.table, column, aspect: 'comment', value: comment ?? '?' },
    node,
    comment === null ? 'dynamic' : 'exact',
  )
}

export function changeTableComment({ sink, given, node }: Statement): void {
  const value = changed(given, 0)
  const comment = value === undefined || value.type === 'nil' ? '' : nameIn(value)
  sink.emit(
    { kind: 'alter_table', table: sink.table, aspect: 'comment', value: comment ?? '?' },
    node,
    comment === null ? 'dynamic' : 'exact',
  )
}
