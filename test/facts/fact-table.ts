import type { Fact } from '@conduct/planner'
import type { MeasuredServer } from './measure-server.ts'

/** The text of `postgres-facts.ts`. */
export function factTable(
  rows: readonly Fact[],
  { servers, on }: { readonly servers: readonly MeasuredServer[]; readonly on: string },
): string {
  const from = servers
    .toSorted((one, other) => one.major - other.major)
    .map(({ major, version }) => `  ${literal({ major, version, on })},\n`)
  return `import type { Fact } from './fact.ts'

/** Written by \`pnpm facts\`, as is the table: never edit it, change what is measured (\`test/facts/statements.ts\`). */
// prettier-ignore
export const measuredServers = [
${from.join('')}] as const

/**
 * What each kind of statement does on each major: measured on real servers, one statement in a transaction, locks read from
 * \`pg_locks\`, a rewrite seen as a new \`relfilenode\` (a table that is emptied or filled anew has one, too), a scan in the server's
 * debug messages. What runs in no transaction was held up by other sessions, and its locks seen meanwhile.
 *
 * \`test/facts/facts.test.ts\` measures it again, and \`pnpm facts --check\` on every major.
 */
// prettier-ignore
export const postgresFacts = [
${rows.map((row) => `  ${literal(row)},\n`).join('')}] as const satisfies readonly Fact[]
`
}

/** As the formatter would write it, on one line. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, each]: [string, unknown]) => `${name}: ${literal(each)}`)
    return `{ ${fields.join(', ')} }`
  }
  if (typeof value !== 'string') return String(value)
  return value.includes("'") ? JSON.stringify(value) : `'${value}'`
}
