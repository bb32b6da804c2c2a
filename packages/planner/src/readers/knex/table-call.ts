import type { Machine } from './machine.ts'
import type { JsNode } from './node.ts'
import type { Statement, TableDraft } from './table-draft.ts'
import type { JsValue } from './value.ts'

export interface TableCall {
  readonly machine: Machine
  readonly table: TableDraft
  /** Null when it is not known. */
  readonly name: string | null
  readonly args: readonly JsValue[]
  readonly node: JsNode
}

/** Whether it may not happen, though the table is changed. */
export function isConditional({ machine, table }: TableCall): boolean {
  return machine.conditions > table.conditions
}

export function opaqueOn({ machine, table, node }: TableCall, reason: string): void {
  machine.opaque(node, reason, [table.table])
}

/** `ALTER TABLE … text`, or another statement, when all columns have been said. */
export function later(call: TableCall, text: string, dropped?: Statement['dropped']): void {
  const { node, table } = call
  const confidence = isConditional(call) ? 'conditional' : 'exact'
  table.later.push(() => ({ node, text, confidence, ...(dropped === undefined ? {} : { dropped }) }))
}
