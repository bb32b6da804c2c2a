import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore, type StoreKind } from '@conduct/lanes/engine'
import { closeServers, openPlace, type Place, placeKinds } from '../lanes/places.ts'
import { breaks } from './order.ts'
import { runSoak, type SoakResult } from './soak.ts'

/**
 * `pnpm soak --minutes N [--store sqlite|postgres|s3|git|<address>] [--seed N] [--break grant-always]`: everything at
 * once on one store, then the verdict; exit 1 on any breach, with its records kept in a folder.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    seed: { type: 'string' },
    break: { type: 'string' },
    keep: { type: 'string' },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const isBroken = breaks.find((name) => name === values.break) ?? null
if (!(minutes > 0) || !Number.isSafeInteger(seed) || (values.break !== undefined && isBroken === null)) {
  console.error('usage: pnpm soak --minutes N [--store KIND|ADDRESS] [--seed N] [--break grant-always]')
  process.exit(2)
}
const keepIn = values.keep ?? join(tmpdir(), `conduct-soak-${seed}`)

await using place = await choosePlace(values.store)
console.log(`soak of ${place.kind} for ${minutes} min, seed ${seed}`)
const result = await runSoak({
  place,
  seconds: minutes * 60,
  seed,
  breaks: isBroken,
  keepIn,
  say: (line) => console.log(line),
})
print(result)
await closeServers()
process.exitCode = result.problems.length === 0 ? 0 : 1

async function choosePlace(store: string): Promise<Place> {
  const known = placeKinds.find(({ kind }) => kind === store)
  if (known !== undefined) return openPlace(known.kind)
  const scratch = await openPlace('sqlite')
  // Whatever stands there already is another estate's.
  const estate = `soak-${seed}`
  const open = () => openStore(store, { estate })
  const opened = await open()
  const kind: StoreKind = opened.kind
  await opened[Symbol.asyncDispose]()
  return { ...scratch, kind, estate, url: store, open }
}

function print({ problems, tally, counts }: SoakResult): void {
  const shown = {
    store: place.kind,
    minutes,
    seed,
    ...counts,
    effects: tally.written,
    refused: tally.refused,
  }
  const row = { ...shown, lost: tally.lost, overlaps: tally.overlaps, breaches: problems.length }
  console.log(`| ${Object.keys(row).join(' | ')} |`)
  console.log(`|${'---|'.repeat(Object.keys(row).length)}`)
  console.log(`| ${Object.values(row).join(' | ')} |`)
  if (problems.length === 0) return console.log('no breach')
  const shownMax = 20
  for (const problem of problems.slice(0, shownMax)) console.log(`BREACH ${problem}`)
  if (problems.length > shownMax) console.log(`… and ${problems.length - shownMax} more`)
  console.log(`seed ${seed}; the records are in ${keepIn}`)
}
