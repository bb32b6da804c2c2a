import type { ClaimId, RunId } from '@conduct/core'
import type { ClaimBase, HeldClaim, LaneDefinition, LaneDocument, WaitingClaim } from '../../document.ts'
import type { HistoryRecord } from '../../history-record.ts'
import type { LaneOperation, LaneResult } from '../../operation.ts'
import type { StoreTime } from '../../store.ts'
import { usualDefinition } from '../../testing/lane-definitions.ts'
import { decide } from '../decide.ts'

/** A lane in memory with a clock of its own: what a store does around `decide`, for tests of the core. */
export interface LaneDriver {
  document: LaneDocument | null
  now: StoreTime
  readonly records: HistoryRecord[]
  /** Documents written, renewals included. */
  writes: number
  /** Of the latest decision. */
  isUnwatched: boolean
  run(operation: LaneOperation): LaneResult
  acquire(name: string, resources?: readonly string[], options?: AcquireOptions): LaneResult
  accept(name: string): LaneResult
  renew(name: string): LaneResult
  release(name: string): LaneResult
  seen(name: string): LaneResult
  sweep(): LaneResult
  keep(name: string, stopped?: boolean): LaneResult
  park(name: string): LaneResult
  held(name: string): HeldClaim | undefined
  waiting(name: string): WaitingClaim | undefined
  outcome(name: string): string | undefined
  advance(ms: number): void
  reboot(): void
}

type AcquireOptions = Partial<Omit<ClaimBase, 'since' | 'claim'>> &
  Partial<Pick<Extract<LaneOperation, { kind: 'acquire' }>, 'whenHeld' | 'place' | 'resumes' | 'provedDead'>>

export function driveLane(definition: Partial<LaneDefinition> = {}): LaneDriver {
  const context = { lane: 'test', definition: { ...usualDefinition, ...definition } }
  const driver: LaneDriver = {
    document: null,
    now: { ms: 1000, era: 'boot-1', wallMs: 1_700_000_000_000 },
    records: [],
    writes: 0,
    isUnwatched: false,
    run(operation) {
      const nonce = `nonce-${driver.writes}`
      const decision = decide(driver.document, operation, { ...context, now: driver.now, nonce })
      driver.isUnwatched = decision.isUnwatched ?? false
      if (decision.write !== undefined) {
        driver.document = decision.write
        driver.writes += 1
      }
      for (const { record, text } of decision.append ?? []) {
        if (text !== JSON.stringify(record))
          throw new Error(`the text beside a record says otherwise: ${text}`)
        driver.records.push(record as unknown as HistoryRecord)
      }
      return decision.result
    },
    acquire(name, resources = ['shop'], { whenHeld, place, resumes, provedDead, ...rest } = {}) {
      return driver.run({
        kind: 'acquire',
        base: { ...claimBase(name, resources), ...rest },
        whenHeld: whenHeld ?? 'queue',
        place: place ?? 'last',
        resumes: resumes ?? null,
        provedDead: provedDead ?? [],
      })
    },
    accept: (name) => driver.run({ kind: 'accept', ...proof(driver, name) }),
    renew: (name) => driver.run({ kind: 'renew', ...proof(driver, name) }),
    release: (name) => driver.run({ kind: 'release', ...proof(driver, name) }),
    seen: (name) =>
      driver.run({ kind: 'seen', claim: toClaim(name), secretHash: secretOf(name), provedDead: [] }),
    sweep: () => driver.run({ kind: 'seen', claim: null, secretHash: null, provedDead: [] }),
    keep: (name, stopped = false) =>
      driver.run({
        kind: 'keep',
        claim: toClaim(name),
        secretHash: secretOf(name),
        reason: 'published',
        stopped,
      }),
    park: (name) => driver.run({ kind: 'park', ...proof(driver, name) }),
    held: (name) => driver.document?.holders.find((held) => held.claim === name),
    waiting: (name) => driver.document?.waiting.find((waiting) => waiting.claim === name),
    outcome: (name) => driver.document?.ended.findLast((ended) => ended.claim === name)?.outcome,
    advance(ms) {
      driver.now = { ...driver.now, ms: driver.now.ms + ms, wallMs: driver.now.wallMs + ms }
    },
    reboot() {
      driver.now = { ms: 5, era: `${driver.now.era}'`, wallMs: driver.now.wallMs + 1 }
    },
  }
  return driver
}

export function toClaim(name: string): ClaimId {
  return name as ClaimId
}

export function toRun(name: string): RunId {
  return name as RunId
}

export function secretOf(name: string): string {
  return `secret of ${name}`
}

export function claimBase(name: string, resources: readonly string[]): Omit<ClaimBase, 'since'> {
  return {
    claim: toClaim(name),
    secretHash: secretOf(name),
    holder: `cli:${name}@host`,
    person: name,
    resources,
    task: null,
    reason: null,
    contact: null,
    etaMs: null,
    session: null,
    attended: false,
    process: null,
    run: null,
  }
}

/** Where a living claim's process would be: makes it attended and provably mortal. */
export const attended = {
  attended: true,
  process: { pid: 7, startedAt: '1', bootId: 'boot-1', pidNamespace: 'n', host: 'host' },
}

function proof(
  driver: LaneDriver,
  name: string,
): { readonly claim: ClaimId; readonly secretHash: string; readonly token: number } {
  const token = driver.held(name)?.token ?? 0
  return { claim: toClaim(name), secretHash: secretOf(name), token }
}
