import { describe, expect, test } from 'vitest'
import { questionsFor, review } from '@conduct/review'
import { authorityPairs } from './authority-pairs.ts'
import { estatePairs } from './estate-pairs.ts'
import { lanePairs } from './lane-pairs.ts'
import { lanePolicyPairs } from './lane-policy-pairs.ts'
import { base } from './pair.ts'
import { edited, evidenceOf, revision, told } from './told.ts'
import { routePairs } from './route-pairs.ts'
import { trainPairs } from './train-pairs.ts'

const pairs = [
  ...lanePairs,
  ...lanePolicyPairs,
  ...authorityPairs,
  ...estatePairs,
  ...trainPairs,
  ...routePairs,
]

describe('what a change to lanes.yaml means', () => {
  test.each(pairs)('$name', (pair) => {
    expect(told(pair)).toEqual(pair.says)
  })

  test('there are at least thirty pairs, and every edit of them parses', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(30)
  })
})

describe('what has to be asked for it', () => {
  test('nothing where nobody’s work depends on the change', () => {
    const before = revision('old.yaml', base)
    const after = revision('new.yaml', `${base}notify: { url: "https://acme.example/hook" }\n`)

    expect(questionsFor(before, after)).toEqual({ repos: [], lanes: [], signers: [] })
  })

  test('the history of the repos whose files the lane asks about, and who holds it', () => {
    const before = revision('old.yaml', base)
    const after = revision('new.yaml', edited(base, [['paths: ["docs/**"]', 'paths: ["docs/*.md"]']]))

    expect(questionsFor(before, after)).toEqual({ repos: ['engine', 'shop'], lanes: ['docs'], signers: [] })
  })

  test('every lane where the store is another', () => {
    const before = revision('old.yaml', base)
    const after = revision('new.yaml', edited(base, [['sqlite:/srv/a.db', 'sqlite:/srv/b.db']]))

    expect(questionsFor(before, after).lanes).toEqual(['migration', 'train', 'docs'])
  })
})

describe('a first lanes.yaml', () => {
  test('has lanes that nobody signed off yet', () => {
    const codes = review(null, revision('new.yaml', base), evidenceOf({ name: '', edits: [], says: [] })).map(
      ({ severity, code, before }) => `${severity} ${code} ${before === null ? 'from nothing' : ''}`,
    )

    expect(codes).toMatchInlineSnapshot(`
      [
        "danger LANE_NOT_SIGNED_OFF from nothing",
        "caution LANE_NOT_JUSTIFIED from nothing",
        "caution LANE_NOT_JUSTIFIED from nothing",
        "info LANE_ADDED from nothing",
        "info LANE_ADDED from nothing",
        "info LANE_ADDED from nothing",
        "info TRAIN_ADDED from nothing",
      ]
    `)
  })
})
