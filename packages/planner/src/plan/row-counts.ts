/** Rows by table, as a statistics file or a server says them. */
export type RowCounts = Readonly<Record<string, number>>

export type ReadRowCounts =
  | { readonly outcome: 'read'; readonly rows: RowCounts }
  | { readonly outcome: 'invalid'; readonly problem: string }

/** The text of a statistics file: one JSON object, whole numbers by table. */
export function readRowCounts(text: string): ReadRowCounts {
  const invalid = (problem: string): ReadRowCounts => ({ outcome: 'invalid', problem })
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error))
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return invalid('it is no object')
  const entries = Object.entries(parsed as Readonly<Record<string, unknown>>)
  const wrong = entries.find(([, count]) => !Number.isSafeInteger(count) || Number(count) < 0)
  if (wrong !== undefined) return invalid(`${wrong[0]} has no number of rows`)
  return {
    outcome: 'read',
    rows: Object.fromEntries(entries.map(([table, count]) => [table, Number(count)])),
  }
}

const usual = 'public.'

/** Undefined for a table that is not among them; the usual schema may be named or left out on either side. */
export function rowsIn(rows: RowCounts, table: string): number | undefined {
  const other = table.startsWith(usual) ? table.slice(usual.length) : usual + table
  for (const name of [table, other]) if (Object.hasOwn(rows, name)) return rows[name]
  return undefined
}
