import { createHash } from 'node:crypto'

/** What Postgres keeps of a name. */
const nameLengthMax = 63

function digestOf(parts: readonly string[]): string {
  const hash = createHash('md5')
  for (const each of parts) hash.update(each)
  return hash.digest('hex').slice(0, 8)
}

/** The name that Django gives an index or a constraint: table, columns, a digest of both, and what it is. */
export function generatedNameOf(table: string, columns: readonly string[], suffix = ''): string {
  const bare = table.split('.').at(-1) ?? table
  const end = `${digestOf([bare, ...columns])}${suffix}`
  const name = `${bare}_${columns.join('_')}_${end}`
  if (name.length <= nameLengthMax) return name
  const kept = end.length > nameLengthMax / 3 ? end.slice(0, Math.floor(nameLengthMax / 3)) : end
  const rest = Math.floor((nameLengthMax - kept.length) / 2) - 1
  return `${bare.slice(0, rest)}_${columns.join('_').slice(0, rest)}_${kept}`
}
