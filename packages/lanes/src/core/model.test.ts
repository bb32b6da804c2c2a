import type { ClaimId } from '@conduct/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HeldClaim, LaneDefinition, LaneOrder } from '../document.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import { checkHistory, findLostClaims } from './history-checker.ts'
import { verifyHistory } from './replay.ts'
import { attended, claimBase, driveLane, secretOf, toClaim, toRun } from './testing/lane-driver.ts'
import { usualDefinition } from '../testing/lane-definitions.ts'

/**
 * Clients that know only what they were told, against the core. Their messages take time, their answers get lost,
 * they crash, come back with their secret, the host reboots, captains interfere. After every step: no two clients
 * believe that they hold the same resource, every claim is accounted for, nobody lapsed early.
 */
interface Client {
  claim: ClaimId | null
  token: number
  resources: readonly string[]
  /** It may act until then, by its own count; 0: it does not believe to hold. */
  deadline: number
  isAttended: boolean
  isCrashed: boolean
}

interface Step {
  readonly client: number
  readonly kind: (typeof stepKinds)[number]
  readonly resources: readonly string[]
  /** How long the message travels, and its answer. */
  readonly delayMs: number
  readonly answerDelayMs: number
  readonly isAnswerLost: boolean
  readonly jumpMs: number
}

const stepKinds = [
  'acquire',
  'acquire',
  'acquire or fail',
  'accept',
  'accept',
  'renew',
  'renew',
  'release',
  'leave',
  'seen',
  'crash',
  'jump',
  'reboot',
  'keep',
  'stop',
  'park',
  'resume',
  'prove dead',
  'force',
  'acknowledge',
  'pause',
  'unpause',
  'move',
  'apply',
  'assign',
] as const

const clientCount = 5
const lifeMs = usualDefinition.ttlMs + usualDefinition.marginMs

const delayMs = fc.oneof({ weight: 8, arbitrary: fc.nat(2000) }, { weight: 1, arbitrary: fc.nat(2 * lifeMs) })

const steps = fc.array(
  fc.record({
    client: fc.nat(clientCount - 1),
    kind: fc.constantFrom(...stepKinds),
    resources: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    delayMs,
    answerDelayMs: delayMs,
    isAnswerLost: fc.boolean(),
    jumpMs: fc.oneof(
      fc.nat(60_000),
      fc.constantFrom(
        usualDefinition.ttlMs - usualDefinition.marginMs,
        usualDefinition.ttlMs,
        lifeMs - 1,
        lifeMs,
      ),
      fc.nat(3 * lifeMs),
    ),
  }),
  { minLength: 10, maxLength: 150, size: 'max' },
)

test.each(['strict', { bounded: 2 }, 'eager'] satisfies LaneOrder[])(
  'whatever clients, crashes, reboots and captains do, holders exclude each other and every claim ends once (%j)',
  (order) => {
    const seen = new Set<string>()

    fc.assert(
      fc.property(steps, (choices) => {
        for (const change of runModel({ order }, choices)) seen.add(change)
      }),
      { numRuns: 400 },
    )

    // The test is only worth something if all of this really happened.
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        'accepted',
        'acknowledged',
        'expired',
        'forced',
        'granted',
        'lapsed',
        'left',
        'offered',
        'parked',
        'refused',
        'released',
        'stopped',
        'taken_up',
      ]),
    )
  },
)

test('a client that counts its deadline from the answer is caught by the same model (control)', () => {
  const late = fc.property(steps, (choices) => {
    runModel({ order: 'strict', countsFromAnswer: true }, choices)
  })

  const found = fc.check(late, { numRuns: 2000, endOnFailure: true })

  expect(String(found.errorInstance)).toContain('both believe')
})

function runModel(
  options: { readonly order: LaneOrder; readonly countsFromAnswer?: boolean },
  choices: readonly Step[],
): ReadonlySet<string> {
  const lane = driveLane({ order: options.order })
  const clients = Array.from({ length: clientCount }, (): Client => {
    return { claim: null, token: 0, resources: [], deadline: 0, isAttended: false, isCrashed: false }
  })
  const issued = new Set<ClaimId>()
  /** The last renewal of each lease that the lane really saw, with what it promised. */
  const leases = new Map<ClaimId, { readonly at: number; readonly era: string; readonly lifeMs: number }>()
  let read = 0
  let next = 0

  const observe = (operation: LaneOperation, result: LaneResult): void => {
    if (result.kind === 'held') promise(result.claim)
    for (const record of lane.records.slice(read)) {
      for (const { claim, change } of record.effects) {
        const lease = leases.get(claim)
        if (change !== 'lapsed' || lease === undefined || mayBeDead(operation, claim)) continue
        if (lease.era !== lane.now.era) continue
        if (lane.now.ms - lease.at < lease.lifeMs) throw new Error(`${claim} lapsed early`)
      }
    }
    read = lane.records.length
    const alive = [...(lane.document?.holders ?? []), ...(lane.document?.waiting ?? [])].map(
      ({ claim }) => claim,
    )
    const lost = findLostClaims(lane.records, new Set(alive))
    if (lost.length > 0 || new Set(alive).size !== alive.length) throw new Error(`lost: ${lost.join()}`)
  }
  const promise = (held: HeldClaim): void => {
    leases.set(held.claim, { at: lane.now.ms, era: lane.now.era, lifeMs: held.ttlMs + held.marginMs })
  }
  const send = (client: Client, step: Step, operation: LaneOperation): void => {
    const sentMs = lane.now.ms
    lane.advance(step.delayMs)
    const result = lane.run(operation)
    observe(operation, result)
    lane.advance(step.answerDelayMs)
    if (step.isAnswerLost || client.isCrashed) return
    const fromMs = options.countsFromAnswer === true ? lane.now.ms : sentMs
    if (result.kind === 'held') {
      const { claim, token, resources, ttlMs, marginMs } = result.claim
      Object.assign(client, { claim, token, resources, deadline: fromMs + ttlMs - marginMs })
    } else if (result.kind === 'offered') {
      client.token = result.claim.token
    } else if (result.kind === 'ended' && result.claim === client.claim) {
      Object.assign(client, { claim: null, deadline: 0 })
    }
  }
  const judge = (): void => {
    for (const [index, one] of clients.entries()) {
      for (const other of clients.slice(index + 1)) {
        const bothHold = one.deadline > lane.now.ms && other.deadline > lane.now.ms
        const shared = one.resources.filter((resource) => other.resources.includes(resource))
        if (bothHold && shared.length > 0) {
          throw new Error(`${one.claim} and ${other.claim} both believe to hold ${shared.join()}`)
        }
      }
    }
  }

  for (const step of choices) {
    const client = clients[step.client]
    if (client === undefined) continue
    const operation = operationOf(step, { client, clients, lane, name: `c${next}`, issued })
    if (operation !== null && 'base' in operation) {
      next += 1
      issued.add(operation.base.claim)
      if (operation.kind === 'acquire' && client.claim === null) {
        Object.assign(client, {
          claim: operation.base.claim,
          isAttended: operation.base.attended,
          isCrashed: false,
        })
      }
    }
    if (operation !== null) send(client, step, operation)
    else if (step.kind === 'crash') Object.assign(client, { isCrashed: true, deadline: 0 })
    else if (step.kind === 'jump') lane.advance(step.jumpMs)
    else if (step.kind === 'reboot') {
      lane.reboot()
      for (const each of clients) Object.assign(each, { deadline: 0, isCrashed: true })
    }
    judge()
  }

  // Everybody goes away: with time alone, every claim that was ever made has ended.
  for (let turn = 0; turn < 3 * issued.size + 3; turn += 1) {
    lane.advance(31 * usualDefinition.waitingTtlMs)
    lane.run({ kind: 'unpause', claim: null, by: 'ana' })
    lane.sweep()
  }
  const document = lane.document
  expect([document?.holders ?? [], document?.waiting ?? []]).toEqual([[], []])
  expect(findLostClaims(lane.records, new Set())).toEqual([])
  expect(checkHistory(lane.records)).toEqual([])
  expect(verifyHistory(lane.records, document).problem).toBeNull()
  return new Set(lane.records.flatMap((record) => record.effects.map((effect) => effect.change)))
}

function mayBeDead(operation: LaneOperation, claim: ClaimId): boolean {
  return 'provedDead' in operation && operation.provedDead.includes(claim)
}

interface World {
  readonly client: Client
  readonly clients: readonly Client[]
  readonly lane: ReturnType<typeof driveLane>
  readonly name: string
  readonly issued: ReadonlySet<ClaimId>
}

/** The message that a step sends, or null when it sends none. Also lets go of what the client must let go of first. */
function operationOf(step: Step, world: World): LaneOperation | null {
  const { client, lane, name } = world
  const { holders = [], waiting = [] } = lane.document ?? {}
  const isAttended = step.client % 2 === 0
  const someHeld = holders[step.client % Math.max(1, holders.length)]
  const claim = client.claim ?? toClaim('none')
  const proof = { claim, secretHash: secretOf(claim), token: client.token }
  const acquire = (resources: readonly string[], secretHash: string): LaneOperation => {
    const base = {
      ...claimBase(name, resources),
      secretHash,
      holder: `cli:client${step.client}`,
      ...(isAttended ? attended : {}),
      run: toRun(`run${step.client}`),
    }
    const whenHeld = step.kind === 'acquire or fail' ? 'fail' : 'queue'
    return { kind: 'acquire', base, whenHeld, place: 'last', resumes: null, provedDead: [] }
  }
  switch (step.kind) {
    case 'acquire':
    case 'acquire or fail':
      // With a claim it asks again, by its secret; a crashed attended client has lost it and is somebody new.
      if (client.claim !== null && client.isCrashed && client.isAttended) client.claim = null
      client.isCrashed = false
      return client.claim === null
        ? acquire(step.resources, secretOf(name))
        : acquire(client.resources.length > 0 ? client.resources : step.resources, secretOf(client.claim))
    case 'resume': {
      const former = holders.find((held) => held.run === `run${step.client}`)
      const isDead = former !== undefined && client.isCrashed && former.attended
      if (isDead || former?.kept?.stopped === true)
        Object.assign(client, { claim: null, deadline: 0, isCrashed: false })
      if (client.claim !== null && former !== undefined) return null
      client.claim = null
      const asked = former?.resources ?? step.resources
      const run = toRun(`run${step.client}`)
      const operation = acquire(asked, secretOf(name))
      if (operation.kind !== 'acquire') return null
      return { ...operation, resumes: run, provedDead: isDead ? [former.claim] : [] }
    }
    case 'accept':
      return { kind: 'accept', ...proof, token: lane.held(claim)?.token ?? client.token }
    case 'renew':
      return client.isCrashed && client.isAttended ? null : { kind: 'renew', ...proof }
    case 'release':
      client.deadline = 0
      return { kind: 'release', ...proof }
    case 'leave':
      return { kind: 'leave', ...proof }
    case 'seen':
      return { kind: 'seen', ...proof, provedDead: [] }
    case 'prove dead': {
      const dead = world.clients.filter((each) => each.isCrashed && each.isAttended && each.claim !== null)
      const provedDead = dead.flatMap((each) => (each.claim === null ? [] : [each.claim]))
      return { kind: 'seen', claim: null, secretHash: null, provedDead }
    }
    case 'keep':
      return { kind: 'keep', ...proof, reason: 'published', stopped: false }
    case 'stop':
      client.deadline = 0
      return { kind: 'keep', ...proof, reason: 'published', stopped: true }
    case 'park':
      client.deadline = 0
      return { kind: 'park', ...proof }
    case 'force': {
      if (someHeld === undefined) return null
      // The forced holder stops at its next renewal at the latest; that is what the takeover delay is for.
      const forced = world.clients.find((each) => each.claim === someHeld.claim)
      const stopsMs = lane.now.ms + step.delayMs + usualDefinition.takeoverDelayMs
      if (forced !== undefined) forced.deadline = Math.min(forced.deadline, stopsMs)
      return {
        kind: 'force_release',
        token: someHeld.token,
        claim: someHeld.claim,
        by: 'ana',
        reason: 'test',
      }
    }
    case 'acknowledge': {
      const cooling = lane.document?.cooling[0]
      if (cooling === undefined) return null
      for (const each of world.clients) if (each.claim === cooling.claim) each.deadline = 0
      return { kind: 'acknowledge_forced', claim: cooling.claim, secretHash: cooling.secretHash }
    }
    case 'pause':
      return {
        kind: 'pause',
        claim: step.isAnswerLost ? null : (waiting[0]?.claim ?? null),
        by: 'ana',
        reason: 'test',
        forMs: step.jumpMs,
      }
    case 'unpause':
      return { kind: 'unpause', claim: null, by: 'ana' }
    case 'move': {
      const moved = waiting.at(-1)
      return moved === undefined ? null : { kind: 'move', claim: moved.claim, before: null, by: 'ana' }
    }
    case 'apply':
      return { kind: 'apply', definition: otherDefinition(lane.document?.definition, step), by: 'ana' }
    case 'assign':
      return {
        kind: 'assign',
        base: { ...claimBase(name, step.resources), holder: 'cli:nobody' },
        forMs: step.jumpMs,
        by: 'ana',
      }
    case 'crash':
    case 'jump':
    case 'reboot':
      return null
    default:
      return step.kind satisfies never
  }
}

function otherDefinition(definition: LaneDefinition = usualDefinition, step: Step): LaneDefinition {
  const times = [
    { ttlMs: 900_000, marginMs: 60_000 },
    { ttlMs: 300_000, marginMs: 20_000 },
    { ttlMs: 1_800_000, marginMs: 120_000 },
  ]
  return { ...definition, ...times[step.client % times.length] }
}
