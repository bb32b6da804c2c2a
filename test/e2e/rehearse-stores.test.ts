import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLong } from '../bounded.ts'
import { conduct, documentOf, temporaryFolder } from './conduct-process.ts'
import { type StoreKind, type StorePlace, storeKinds, storePlaces } from './store-places.ts'
import { expectExit } from './train-process.ts'

/** The same rehearsal in every store: what it says differs in ids, times and the name of the store alone. */
const minutesMax = 3 * 60_000
/** Where two at once share a place; in the others by `CONDUCT_TEST_LONG`. */
const usualPair = 'postgres'
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

let reference: unknown
beforeAll(async () => {
  reference = normalised(await rehearsal('reference', {}))
}, minutesMax)

describe.each(storeKinds)('conduct rehearse with CONDUCT_STORE at %s', (kind) => {
  let place: StorePlace
  beforeAll(async () => {
    place = await storePlaces[kind]()
  })
  afterAll(() => place[Symbol.asyncDispose]())

  it(
    'ends as in the store of its own folder, and two of them in one place never meet',
    async () => {
      const env = { ...place.env, CONDUCT_STORE: place.url }
      const names = isLong || kind === usualPair ? [`${kind}-1`, `${kind}-2`] : [`${kind}-1`]
      const documents = await Promise.all(names.map((name) => rehearsal(name, env)))

      for (const document of documents) {
        expect(schemeOf(document)).toBe(schemeOfKind[kind])
        expect(normalised(document)).toEqual(reference)
      }
      expect(new Set(documents.map(({ estate }) => estate.name)).size).toBe(names.length)
    },
    minutesMax,
  )
})

const schemeOfKind = {
  sqlite: 'sqlite',
  postgres: 'postgres',
  s3: 's3',
  git: 'git+file',
} as const satisfies Record<StoreKind, string>

interface Rehearsed {
  readonly estate: { readonly name: string; readonly dir: string; readonly store: string }
}

async function rehearsal(name: string, env: Readonly<Record<string, string>>): Promise<Rehearsed> {
  const tmp = join(folder.path, name)
  mkdirSync(tmp)
  const ended = await conduct(['rehearse', '--json'], { cwd: folder.path, env: { TMPDIR: tmp, ...env } })
  expectExit(ended, 0)
  return documentOf(ended) as unknown as Rehearsed
}

function schemeOf({ estate }: Rehearsed): string {
  return estate.store.slice(0, estate.store.indexOf(':'))
}

/** Without ids, times, places and the name of the store. */
function normalised({ estate, ...rest }: Rehearsed): unknown {
  const text = JSON.stringify({ ...rest, estate: { ...estate, store: '<store>' } })
    .replaceAll(estate.dir, '<dir>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<address>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/rehearsal-[0-9a-f]{12}/g, '<estate>')
    .replaceAll(/#[\w-]+/g, '<folder>')
    .replaceAll(/\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b/g, '<commit>')
    .replaceAll(/"(held_s|waited_s)":[\d.]+/g, '"$1":"<seconds>"')
    .replaceAll(/\d+ reads in all/g, '<reads>')
  const run = /"run":"([0-9a-f]+)"/.exec(text)?.[1] ?? 'none'
  const plan = /"plan_id":"([0-9a-f]+)"/.exec(text)?.[1] ?? 'none'
  const document = JSON.parse(
    text
      .replaceAll(run, '<run>')
      .replaceAll(plan, '<plan>')
      .replaceAll(/tag [0-9a-f]{7} /g, 'tag <commit> '),
  ) as {
    readonly adopted: readonly { readonly repo: string }[]
    readonly deployed: readonly { readonly repo: string }[]
  }
  // Consumers travel in parallel: whoever was first stands first.
  return { ...document, adopted: byRepo(document.adopted), deployed: byRepo(document.deployed) }
}

function byRepo<Item extends { readonly repo: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((one, other) => one.repo.localeCompare(other.repo))
}
