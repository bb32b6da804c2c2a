/** What the library Paperclip adds to the statements of Rails: four columns for each attached file. */
import { text, type Value } from '../ruby/value.ts'
import { addColumns, removeColumns, type Statement } from './column-statements.ts'
import { nameIn } from '../ruby/value.ts'

const columns = [
  ['file_name', 'string'],
  ['content_type', 'string'],
  ['file_size', 'integer'],
  ['updated_at', 'datetime'],
] as const

export function addAttachments(statement: Statement, names: readonly Value[]): void {
  for (const each of names) {
    const name = nameIn(each)
    if (name === null) statement.sink.opaque(statement.node, 'an attachment whose name is not known')
    else for (const [suffix, type] of columns) addColumns(statement, type, [text(`${name}_${suffix}`)])
  }
}

export function removeAttachments(statement: Statement, names: readonly Value[]): void {
  for (const each of names) {
    const name = nameIn(each)
    if (name === null) statement.sink.opaque(statement.node, 'an attachment that is not known is removed')
    else
      removeColumns(
        statement,
        columns.map(([suffix]) => text(`${name}_${suffix}`)),
      )
  }
}
