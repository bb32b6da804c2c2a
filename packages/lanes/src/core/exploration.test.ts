import { expect, test } from 'vitest'
import type { LaneDefinition, LaneDocument } from '../document.ts'
import type { HistoryRecord } from '../history-record.ts'
import type { LaneOperation } from '../operation.ts'
import { decide } from './decide.ts'
import { checkHistory, findLostClaims } from './history-checker.ts'
import { explore } from './testing/explore.ts'
import { claimBase, secretOf, toClaim } from './testing/lane-driver.ts'
import { usualDefinition } from '../testing/lane-definitions.ts'

/** The engine at small scope: 3 claims × 3 resources, everything a client, a captain or a crash can do. */
interface State {
  readonly document: LaneDocument | null
  readonly ms: number
  readonly records: readonly HistoryRecord[]
}

const names = ['one', 'two', 'three']
const start: State = { document: null, ms: 1000, records: [] }
/** Leases are short beside offers and waits, so that one lease can lapse while everything else stays. */
const slow: Partial<LaneDefinition> = {
  ttlMs: 1000,
  renewMs: 10,
  marginMs: 100,
  acceptMs: 1e9,
  waitingTtlMs: 1e12,
}

test.each([
  { order: 'strict', limit: 1 },
  { order: { bounded: 1 }, limit: 1 },
  { order: 'eager', limit: 1 },
  { order: 'strict', limit: 2 },
] satisfies Partial<LaneDefinition>[])(
  'in every state of 3 claims × 3 resources nobody is stuck, stranded, lost or in conflict ($order, limit $limit)',
  (variant) => {
    const definition = { ...usualDefinition, ...slow, ...variant }
    let states = 0

    for (const wants of resourceChoices()) {
      states += explore<State>({
        start,
        steps: (state) => stepsOf(state, { wants, definition }),
        keyOf: behaviourOf,
        visit: (state, path, steps) => judge(state, { path, steps, definition }),
        statesMax: 20_000,
      })
    }

    expect(states).toBeGreaterThan(5000)
  },
)

test.each([
  { change: { limit: 2 } },
  { change: { order: 'eager' } },
  { change: { scope: 'global' } },
  { change: { ttlMs: 500, marginMs: 50 } },
] satisfies { change: Partial<LaneDefinition> }[])(
  'applying $change between any two steps strands nobody and grants nothing twice',
  ({ change: applied }) => {
    const definition = { ...usualDefinition, ...slow }
    const other = { ...definition, ...applied }
    let appliedUnderHolders = 0

    for (const wants of resourceChoices().slice(0, 30)) {
      explore<State>({
        start,
        steps: (state) => [
          ...stepsOf(state, { wants, definition }),
          ...[other, definition]
            .filter((next) => state.document !== null && !isSame(state.document.definition, next))
            .map((next, index): [string, State] => [
              `apply ${index}`,
              change(state, { kind: 'apply', definition: next, by: 'ana' }, definition),
            ]),
        ],
        keyOf: (state) => `${behaviourOf(state)} ${JSON.stringify(state.document?.definition)}`,
        visit: (state, path, steps) => {
          judge(state, { path, steps, definition: state.document?.definition ?? definition })
          if (path.at(-1) === 'apply 0' && state.document?.holders.length !== 0) appliedUnderHolders += 1
        },
        statesMax: 50_000,
      })
    }

    expect(appliedUnderHolders).toBeGreaterThan(100)
  },
)

test('every interleaving of three scripts of enqueue, accept and release hands the resource on', () => {
  const definition = { ...usualDefinition, ...slow }
  const wants = [['a'], ['a'], ['a']]
  const finals: string[] = []

  explore<State>({
    start,
    steps: (state) => stepsOf(state, { wants, definition }).filter(([label]) => isOrdinary(label)),
    keyOf: behaviourOf,
    visit: (state, path, steps) => {
      judge(state, { path, steps, definition })
      if (steps === 0) finals.push(`${path.filter((label) => label.startsWith('release')).length}`)
    },
    statesMax: 20_000,
  })

  expect(new Set(finals)).toEqual(new Set(['3']))
})

test('a core that forgets to offer what became free is caught by the same exploration (control)', () => {
  const definition = { ...usualDefinition, ...slow }
  const wants = [['a'], ['a'], ['a']]
  const forgetful = (state: State): readonly (readonly [string, State])[] =>
    stepsOf(state, { wants, definition })
      .filter(([label]) => isOrdinary(label))
      .map(([label, next]) => [label, label.startsWith('release') ? withoutOffers(state, next) : next])

  const explored = (): number =>
    explore<State>({
      start,
      steps: forgetful,
      keyOf: behaviourOf,
      visit: (state, path, steps) => judge(state, { path, steps, definition }),
      statesMax: 20_000,
    })

  expect(explored).toThrow(/stranded|stuck/)
})

test.each([
  { title: 'two lanes taken in the order of lanes.yaml never deadlock', reversed: false, isStuck: false },
  { title: 'two lanes taken in both orders do deadlock (control)', reversed: true, isStuck: true },
])('$title', ({ reversed, isStuck }) => {
  const stuck: string[] = []

  explore<readonly State[]>({
    start: [start, start],
    steps: (lanes) => twoLaneSteps(lanes, reversed),
    keyOf: (lanes) => lanes.map(behaviourOf).join('\n'),
    visit: (lanes, path, steps) => {
      const isDone = lanes.every((lane) => lane.document?.ended.length === names.length)
      if (steps === 0 && !isDone) stuck.push(path.join(', '))
    },
    statesMax: 50_000,
  })

  expect(stuck.length > 0).toBe(isStuck)
})

function change(state: State, operation: LaneOperation, definition: LaneDefinition): State {
  const now = { ms: state.ms, era: 'boot', wallMs: state.ms }
  const decision = decide(state.document, operation, { lane: 'test', definition, now, nonce: 'n' })
  const records = (decision.append ?? []).map((entry) => entry.record as unknown as HistoryRecord)
  return { ...state, document: decision.write ?? state.document, records: [...state.records, ...records] }
}

function stepsOf(
  state: State,
  lane: { readonly wants: readonly (readonly string[])[]; readonly definition: LaneDefinition },
): readonly (readonly [string, State])[] {
  const { definition } = lane
  const document = state.document
  const steps: [string, State][] = []
  const add = (label: string, operation: LaneOperation): void => {
    steps.push([label, change(state, operation, definition)])
  }
  for (const [index, name] of names.entries()) {
    const claim = toClaim(name)
    const secretHash = secretOf(name)
    const held = document?.holders.find((holder) => holder.claim === name)
    const waiting = document?.waiting.find((waiter) => waiter.claim === name)
    const isEnded = document?.ended.some((ended) => ended.claim === name) === true
    if (held === undefined && waiting === undefined && !isEnded) {
      const isWhole = document?.definition.scope === 'global'
      add(`acquire ${name}`, acquireOf(name, isWhole ? ['*'] : (lane.wants[index] ?? [])))
    }
    if (waiting !== undefined) add(`leave ${name}`, { kind: 'leave', claim, secretHash })
    if (held?.state === 'offered') {
      add(`accept ${name}`, { kind: 'accept', claim, secretHash, token: held.token })
      add(`decline ${name}`, { kind: 'leave', claim, secretHash })
    }
    if (held?.state === 'held') {
      add(`release ${name}`, { kind: 'release', claim, secretHash, token: held.token })
      steps.push([`lapse ${name}`, lapse(state, name, definition)])
      add(`force ${name}`, { kind: 'force_release', token: held.token, claim, by: 'ana', reason: 'test' })
    }
    if (document?.cooling.some((cooling) => cooling.claim === name) === true) {
      add(`acknowledge ${name}`, { kind: 'acknowledge_forced', claim, secretHash })
    }
  }
  return steps
}

function isOrdinary(label: string): boolean {
  return /^(?:acquire|accept|release) /.test(label)
}

function acquireOf(name: string, resources: readonly string[]): LaneOperation {
  const base = claimBase(name, resources)
  return { kind: 'acquire', base, whenHeld: 'queue', place: 'last', resumes: null, provedDead: [] }
}

/** Everybody else renews at the last moment, this one does not. */
function lapse(state: State, name: string, definition: LaneDefinition): State {
  const lifeMs = definition.ttlMs + definition.marginMs
  let next: State = { ...state, ms: state.ms + lifeMs - 1 }
  for (const held of state.document?.holders ?? []) {
    if (held.claim === name || held.state !== 'held') continue
    const { claim, secretHash, token } = held
    next = change(next, { kind: 'renew', claim, secretHash, token }, definition)
  }
  next = { ...next, ms: next.ms + 1 }
  return change(next, { kind: 'seen', claim: null, secretHash: null, provedDead: [] }, definition)
}

/** What decides the future; times and tokens only rise. */
function behaviourOf(state: State): string {
  const { document } = state
  if (document === null) return 'nothing'
  return JSON.stringify([
    document.holders.map((held) => [held.claim, held.state, held.slots]),
    document.waiting.map((waiting) => [waiting.claim, waiting.overtaken]),
    document.ended.map((ended) => ended.claim).sort(),
    document.cooling.map((cooling) => cooling.slot),
  ])
}

function judge(
  state: State,
  at: { readonly path: readonly string[]; readonly steps: number; readonly definition: LaneDefinition },
): void {
  const { document } = state
  if (document === null) return
  const fail = (problem: string): never => {
    throw new Error(`${problem} after ${at.path.join(', ')}`)
  }
  const occupied = [
    ...document.holders.flatMap((held) => held.slots),
    ...document.cooling.map(({ slot }) => slot),
  ]
  if (new Set(occupied).size !== occupied.length) fail('two holders of one slot: in conflict')
  const alive = [...document.holders, ...document.waiting].map((claim) => claim.claim)
  const lost = findLostClaims(state.records, new Set(alive))
  if (lost.length > 0 || new Set(alive).size !== alive.length) fail(`lost: ${lost.join()}`)
  const broken = checkHistory(state.records)
  if (broken.length > 0) fail(broken.join('; '))
  const claims = [...document.holders, ...document.waiting, ...document.cooling.map(toClaimLike)]
  const isMixed = new Set(claims.map((claim) => claim.resources.includes('*'))).size > 1
  const isFree = (resource: string): boolean =>
    isMixed
      ? occupied.length === 0
      : occupied.filter((slot) => slot.split('#')[0] === resource).length < at.definition.limit
  for (const [index, claim] of document.waiting.entries()) {
    const ahead = document.waiting.slice(0, index).flatMap((waiting) => waiting.resources)
    const isFirst = isMixed
      ? index === 0
      : at.definition.order === 'eager' || !claim.resources.some((resource) => ahead.includes(resource))
    if (isFirst && claim.resources.every(isFree)) fail(`stranded: ${claim.claim}`)
  }
  const mayAct = document.holders.length + document.cooling.length > 0
  if (document.waiting.length > 0 && (!mayAct || at.steps === 0)) fail('stuck: all wait')
}

function toClaimLike(cooling: { readonly resource: string }): { readonly resources: readonly string[] } {
  return { resources: [cooling.resource] }
}

function isSame(one: LaneDefinition, other: LaneDefinition): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** What a core would write that releases and does not look who is next. */
function withoutOffers(before: State, after: State): State {
  if (after.document === null || before.document === null) return after
  const ids = new Set(before.document.holders.map((held) => held.claim))
  const holders = after.document.holders.filter((held) => ids.has(held.claim))
  const { waiting } = before.document
  const effects = (record: HistoryRecord): HistoryRecord => {
    return { ...record, effects: record.effects.filter((effect) => effect.change !== 'offered') }
  }
  return { ...after, document: { ...after.document, holders, waiting }, records: after.records.map(effects) }
}

/** All ways to want something of three resources, up to renaming the resources. */
function resourceChoices(): readonly (readonly (readonly string[])[])[] {
  const sets = [['a'], ['b'], ['c'], ['a', 'b'], ['a', 'c'], ['b', 'c'], ['a', 'b', 'c']]
  const names3 = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']
  const choices = sets.flatMap((one) => sets.flatMap((two) => sets.map((three) => [one, two, three])))
  const seen = new Set<string>()
  return choices.filter((choice) => {
    const renamed = names3.map((to) => {
      const rename = (resource: string): string => to['abc'.indexOf(resource)] ?? ''
      return choice.map((set) => set.map(rename).sort().join('')).join('|')
    })
    const key = renamed.sort()[0] ?? ''
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Each process takes both lanes, one after the other, then gives both back. */
function twoLaneSteps(
  lanes: readonly State[],
  reversed: boolean,
): readonly (readonly [string, readonly State[]])[] {
  const steps: [string, readonly State[]][] = []
  for (const [index, name] of names.entries()) {
    const order = reversed && index === 1 ? [1, 0] : [0, 1]
    const step = nextOf(lanes, { name, order })
    if (step === null) continue
    const [lane, operation] = step
    const state = lanes[lane] ?? start
    steps.push([
      `${name} ${operation.kind} ${lane}`,
      lanes.with(lane, change(state, operation, usualDefinition)),
    ])
  }
  return steps
}

function nextOf(
  lanes: readonly State[],
  process: { readonly name: string; readonly order: readonly number[] },
): readonly [number, LaneOperation] | null {
  const { name } = process
  const claim = toClaim(name)
  const secretHash = secretOf(name)
  for (const lane of process.order) {
    const document = lanes[lane]?.document
    if (document?.ended.some((ended) => ended.claim === name) === true) continue
    if (document?.waiting.some((waiting) => waiting.claim === name) === true) return null
    const held = document?.holders.find((holder) => holder.claim === name)
    if (held === undefined) return [lane, acquireOf(name, ['a'])]
    if (held.state === 'offered') return [lane, { kind: 'accept', claim, secretHash, token: held.token }]
  }
  for (const lane of process.order) {
    const held = lanes[lane]?.document?.holders.find((holder) => holder.claim === name)
    if (held !== undefined) return [lane, { kind: 'release', claim, secretHash, token: held.token }]
  }
  return null
}
