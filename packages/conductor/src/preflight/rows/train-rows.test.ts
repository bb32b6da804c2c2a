import { describe, expect, test } from 'vitest'
import type { Store, StoreTime } from '@conduct/lanes/engine'
import { aTrain } from '../../survey-fixture.ts'
import { judge } from '../judge-fixture.ts'
import { row as canConduct } from './can-conduct.ts'
import { row as members } from './members.ts'
import { row as storeClock } from './store-clock.ts'

describe('can_conduct', () => {
  test('is green for what this conduct can do', async () => {
    expect((await judge(canConduct)).verdict).toBe('green')
  })

  const one = {
    package: null,
    ecosystem: null,
    registry: null,
    staged: false,
    tag: null,
    timeoutMs: 1,
    command: null,
    observe: null,
  }
  const publishing = (publish: ReturnType<typeof aTrain>['producer']['publish']) =>
    aTrain({ producer: { repo: 'engine', publish } })
  test.each([
    [
      'publishing by a command with {run}',
      publishing([{ ...one, command: { argv: ['x', '{run}'] }, observe: { argv: ['y'] } }]),
    ],
    [
      'staging by a command',
      publishing([{ ...one, staged: true, command: { argv: ['x'] }, observe: { argv: ['y'] } }]),
    ],
    ['the ecosystem pypi', publishing([{ ...one, ecosystem: 'pypi' }])],
  ])('is red for %s', async (what, train) => {
    expect(await judge(canConduct, { context: { train } })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining(what) as string,
    })
  })

  test('is green for publishing whatever it is by two commands', async () => {
    const commands = { command: { shell: 'x {version} {sha}' }, observe: { argv: ['y', '{version}'] } }
    const train = publishing([{ ...one, ecosystem: 'pypi', ...commands }])

    expect((await judge(canConduct, { context: { train } })).verdict).toBe('green')
  })
})

describe('members', () => {
  const locked = (named: boolean) => ({
    package: '@acme/engine',
    manifests: named ? [{ path: 'package.json', field: 'dependencies', range: '^4.0.0' }] : [],
    locked: [],
    lockfile: null,
  })

  test('is green for a consumer that names the library, and red for one that does not', async () => {
    expect((await judge(members, { consumer: { locked: [locked(true)] } })).verdict).toBe('green')
    expect(await judge(members, { consumer: { locked: [locked(false)] } })).toMatchObject({
      verdict: 'red',
      covered: '0 of 1 packages named',
    })
  })

  test('does not apply where nothing is adopted, or there is no library', async () => {
    expect((await judge(members, { consumer: { via: 'none' } })).verdict).toBe('not_applicable')
    expect((await judge(members, { survey: { artifacts: [] } })).verdict).toBe('not_applicable')
  })
})

describe('store_clock', () => {
  const storeThatSays = (...times: StoreTime[]) => {
    const left = [...times]
    const now = async () => left.shift() ?? Promise.reject(new Error('asked too often'))
    return { store: { kind: 'sqlite', register: { now } } as unknown as Store, clock: { wallMs: () => 5000 } }
  }
  const judgeTimes = (...times: StoreTime[]) =>
    judge(storeClock, { context: storeThatSays(...times) as never })

  test('is green when it goes forward, whatever its time of day', async () => {
    expect(await judgeTimes({ ms: 1, era: 'a', wallMs: 0 }, { ms: 1, era: 'a', wallMs: 0 })).toMatchObject({
      verdict: 'green',
      detail: expect.stringContaining('5.0s from ours') as string,
    })
  })

  test('is red when it goes back or changes its era between two reads', async () => {
    expect((await judgeTimes({ ms: 2, era: 'a', wallMs: 0 }, { ms: 1, era: 'a', wallMs: 0 })).verdict).toBe(
      'red',
    )
    expect((await judgeTimes({ ms: 1, era: 'a', wallMs: 0 }, { ms: 2, era: 'b', wallMs: 0 })).verdict).toBe(
      'red',
    )
  })
})
