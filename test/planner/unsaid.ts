/**
 * Whether a schema file changed by itself: nothing that differs is named by a migration of that week, so that no reader, and no
 * Rails, could make it of them.
 *
 * Rather says no: what a migration may name in other words (a column by its reference, a table by its model, an index by its
 * table), or may reach without a name, counts as named.
 *
 * @param objects as `differingObjects` tells them: `+column orders.state`
 */
export function isUnsaid(objects: ReadonlySet<string>, migrations: readonly string[]): boolean {
  const text = migrations.map(inSnakeCase).join('\n')
  if (objects.size === 0 || reachingAll.test(text)) return false
  return [...objects].every((object) => {
    const [, kind = '', table = '', name = ''] = /^[+-](\w+) ([^.\s]+)(?:\.(\S+))?/.exec(object) ?? []
    if (table === '') return false
    if (!wordsForTable(table).some((word) => text.includes(word))) return true
    return kind === 'column' && !wordsForColumn(name).some((word) => text.includes(word))
  })
}

/** Tables or statements that are not written out. */
const reachingAll = /\b(?:tables|data_sources|load|eval|instance_eval|class_eval|send|public_send|read)\b/

function wordsForTable(table: string): readonly string[] {
  const name = table.toLowerCase()
  return [name, name.replace(/ies$/, 'y'), name.replace(/(?:es|s)$/, '')]
}

function wordsForColumn(column: string): readonly string[] {
  const name = column.toLowerCase()
  const stem = name.replace(/_(?:id|type)$/, '')
  if (name === 'id') return ['']
  return ['created_at', 'updated_at', 'created_on', 'updated_on'].includes(name)
    ? [name, 'timestamp']
    : [name, stem]
}

function inSnakeCase(text: string): string {
  return text
    .replaceAll(/#[^{\n][^\n]*/g, '')
    .replaceAll('::', '_')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
