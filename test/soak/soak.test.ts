import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { closeServers, openPlace } from '../lanes/places.ts'
import { runSoak } from './soak.ts'

/** Short: `pnpm soak` is the long one. */
const seconds = 6

afterAll(closeServers)

test('everything at once for a moment: no breach, and every kind of thing was counted', async () => {
  await using place = await openPlace('sqlite')
  const lines: string[] = []

  const { problems, tally, counts } = await runSoak({
    place,
    seconds,
    seed: 3,
    breaks: null,
    keepIn: join(place.folder, 'kept'),
    say: (line) => lines.push(line),
  })

  expect(problems).toEqual([])
  expect(tally.written).toBeGreaterThan(0)
  expect(counts.grants).toBeGreaterThan(0)
  expect(counts.captain).toBeGreaterThan(0)
  expect(lines.at(-1)).toMatch(/^\d+ s: record \d+, \d+ effects, \d+ hold, \d+ wait$/)
  expect(existsSync(join(place.folder, 'kept'))).toBe(false)
})

test('an engine that grants always fails the soak, and the offending records are kept (control)', async () => {
  await using place = await openPlace('sqlite')
  const keepIn = join(place.folder, 'kept')

  const { problems } = await runSoak({
    place,
    seconds,
    seed: 3,
    breaks: 'grant-always',
    keepIn,
    say: () => undefined,
  })

  expect(problems.join('\n')).toMatch(/ both hold [abcd]/)
  const kept = JSON.parse(readFileSync(join(keepIn, 'soak.json'), 'utf8')) as { readonly seed: number }
  expect(kept).toMatchObject({ seed: 3, store: 'sqlite', problems })
  expect(readFileSync(join(keepIn, 'history.json'), 'utf8')).toContain('"operation"')
})
