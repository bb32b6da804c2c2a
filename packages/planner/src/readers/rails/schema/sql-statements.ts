import type { Call, Machine } from '../ruby/machine.ts'
import { unknown, type Value } from '../ruby/value.ts'
import type { Given } from './given.ts'
import { bodyOf } from './table-sink.ts'

/** SQL in a text that is known goes to the reader of SQL, with the line it stands in. */
export function executeSql(machine: Machine, { values }: Given, { node, name }: Call): Value {
  for (const text of listed(values[0])) {
    if (text.type !== 'string' || text.text === null) machine.opaque(node, `${name} of SQL that is not known`)
    else {
      const { line = machine.lineOf(node) } = text
      for (const operation of machine.setting.executed({
        file: machine.file,
        text: text.text,
        firstLine: line,
      }).operations) {
        machine.emit(node, bodyOf(operation), operation.confidence, operation.place.line)
      }
    }
  }
  return unknown
}

/** `execute_batch` takes several. */
function listed(value: Value | undefined): readonly Value[] {
  if (value?.type === 'array' && value.items !== null) return value.items
  return [value ?? unknown]
}
