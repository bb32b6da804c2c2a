import type { Column, Confidence, Operation, OperationBody } from '../../../model/operation.ts'
import type { Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import { commentOn, type ReadColumn } from './column.ts'
import type { VersionRules } from './version-rules.ts'

/** Where the columns and the rest of a table go: into its creation, or into changes of it. */
export class TableSink {
  readonly table: string
  /** Those of a table that is being created; null for one that is changed. */
  readonly columns: Column[] | null
  readonly primaryKey: string[] = []
  confidence: Confidence = 'exact'
  readonly #machine: Machine
  readonly #wasCertain: boolean

  constructor(machine: Machine, table: string, kind: 'created' | 'changed') {
    this.#machine = machine
    this.table = table
    this.columns = kind === 'created' ? [] : null
    this.#wasCertain = machine.isCertain
  }

  get rules(): VersionRules {
    return this.#machine.setting.rules
  }

  get isNew(): boolean {
    return this.columns !== null
  }

  addColumn(read: ReadColumn, node: RubyNode, ifNotExists = false): void {
    const { column, confidence, comment } = read
    // A column that a condition decides about is a change of the table that was created without it.
    if (this.columns !== null && this.#machine.isCertain === this.#wasCertain) {
      const before = this.columns.findIndex((each) => each.name === column.name)
      if (before === -1) this.columns.push(column)
      else this.columns[before] = column
      if (confidence !== 'exact') this.confidence = confidence
    } else this.emit({ kind: 'add_column', table: this.table, column, ifNotExists }, node, confidence)
    if (comment !== undefined) this.emit(commentOn(this.table, column.name, comment), node)
  }

  emit(body: OperationBody, node: RubyNode, confidence: Confidence = 'exact'): void {
    this.#machine.emit(node, body, confidence)
  }

  opaque(node: RubyNode, reason: string): void {
    this.#machine.opaque(node, reason, [this.table])
  }
}

/** What is read as the body of another language's text keeps its place in this file. */
export function bodyOf({ confidence: _confidence, place: _place, ...body }: Operation): OperationBody {
  return body
}
