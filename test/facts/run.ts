/**
 * `pnpm facts [--check] [major…]`: measures what statements do on real Postgres servers, whose binaries it fetches from the npm
 * registry, and writes the table that the planner ships; with `--check` it only compares, and fails where a row says otherwise.
 *
 * Writing needs all majors: a table of some would forget the others.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { measuredServers, postgresFacts } from '@conduct/planner'
import { differingRows, factRows } from './fact-rows.ts'
import { factTable } from './fact-table.ts'
import { measureServer, type MeasuredServer } from './measure-server.ts'
import { fetchServer, serverPackages } from './servers.ts'

const table = fileURLToPath(new URL('../../packages/planner/src/facts/postgres-facts.ts', import.meta.url))
const words = process.argv.slice(2)
const isCheck = words.includes('--check')
const asked = words.filter((word) => word !== '--check').map(Number)
const majors = asked.length === 0 ? [...serverPackages.keys()] : asked
const unknown = majors.filter((major) => !serverPackages.has(major))
if (unknown.length > 0 || (!isCheck && asked.length > 0)) {
  const known = [...serverPackages.keys()].join(', ')
  process.stderr.write(
    unknown.length > 0
      ? `majors are ${known}\n`
      : 'a table of some majors would forget the others: --check\n',
  )
  process.exit(2)
}

const servers: MeasuredServer[] = []
for (const major of majors) {
  const server = await measureServer(await fetchServer(major))
  servers.push(server)
  process.stdout.write(`Postgres ${server.version}: ${server.byKey.size} statements measured\n`)
}
if (isCheck) {
  const differing = servers.flatMap((server) => differingRows(postgresFacts, server))
  const on = measuredServers[0].on
  for (const each of differing) process.stdout.write(`${each}\n`)
  process.stdout.write(
    differing.length === 0 ? `all equal to the table of ${on}\n` : `${differing.length} rows differ\n`,
  )
  process.exitCode = differing.length === 0 ? 0 : 1
} else {
  const rows = factRows(servers)
  await writeFile(table, factTable(rows, { servers, on: new Date().toISOString().slice(0, 10) }))
  process.stdout.write(`${rows.length} rows written to ${table}\n`)
}
