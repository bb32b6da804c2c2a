/**
 * `pnpm bench [name…] [--markdown] [--readme]`: every benchmark in one run, each against a peer or a floor that takes turns with it.
 * Quote the ratios; absolute times belong to one machine on one day.
 */
import { cpus } from 'node:os'

import type { MeasureOptions } from './measure-options.ts'

const benches = {
  lanes: () => import('./lanes.ts'),
  cli: () => import('./cli.ts'),
  train: () => import('./train.ts'),
  conductor: () => import('./conductor.ts'),
  guard: () => import('./guard.ts'),
  planner: () => import('./planner.ts'),
} satisfies Record<string, () => Promise<{ measure: (options: MeasureOptions) => Promise<void> }>>

const words = process.argv.slice(2)
const options: MeasureOptions = {
  form: words.includes('--markdown') ? 'markdown' : 'text',
  isForReadme: words.includes('--readme'),
}
const asked = words.filter((word) => word !== '--markdown' && word !== '--readme')
const unknown = asked.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(
    `no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`,
  )
  process.exit(2)
}

process.stdout.write(`Node ${process.versions.node}, ${cpus().length} cores\n`)
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  process.stdout.write(`\n${name}\n`)
  await (await load()).measure(options)
}
