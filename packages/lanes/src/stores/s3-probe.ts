import { createHash, randomUUID } from 'node:crypto'
import { ConductError } from '@conduct/core'
import type { StoreProbe } from '../store.ts'
import type { CallTime } from './call-time.ts'
import { newNonce } from './s3-envelope.ts'
import type { Condition, Got, Put, S3Objects } from './s3-objects.ts'
import { decodeStored, encodeStored } from './stored-text.ts'

/**
 * Tries a place out before it is trusted: some services take a conditional write, say 200 and overwrite, and some do
 * so now and then. Each round races writers for one new object, races them again to update it, then comes with a
 * version that is gone; after each the object is read back. A service that keeps one condition in ten to itself
 * survives no round in three, and twenty practically never.
 *
 * What was tried stays in the place (nothing is ever deleted): small objects below `!probe/`.
 */
export interface Lie {
  readonly probe: 'create_race' | 'update_race' | 'stale_update' | 'second_create' | 'read_after_write'
  readonly round: number
  readonly detail: string
  /** Nobody won, though somebody had to. */
  readonly isRefusalOfAll?: true
}

const roundsMax = 20
const writers = 8

/** Rounds under way at once. */
const roundsAtOnce = 4

/** Races of one round that ended without an answer that says anything, as a service does that is asked too fast. */
const undecidedMax = 4
const undecidedPauseMs = 300

/** Rises when the probe asks for more than before: what was remembered of the older one counts no longer. */
const probeNumber = 1

interface Passed {
  readonly probe: number
  /** In which form the service compares the ETags that are expected. */
  readonly etags: 'as_received' | 'bare'
}

interface Probed {
  readonly objects: S3Objects
  readonly newTime: () => CallTime
}

/**
 * Once per place: its result is remembered there, under the name of the service it was asked through.
 *
 * @throws ConductError STORE_LIES, STORE_UNREACHABLE, STORE_REFUSED
 */
export async function requireHonestS3(probed: Probed): Promise<void> {
  const { objects, newTime } = probed
  const key = passedKey(objects)
  const got = await objects.get(key, newTime())
  const passed =
    got.kind === 'found' ? (decodeStored(got.text, 'the remembered probe') as Partial<Passed>) : {}
  if (passed.probe !== undefined && passed.probe >= probeNumber) {
    if (passed.etags === 'bare') objects.sendBareETags()
    return
  }
  const { lie, etags } = await tryForms(probed)
  if (lie !== null) throw liesError(objects, lie)
  const text = encodeStored({
    format: 1,
    probe: probeNumber,
    etags,
    rounds: roundsMax,
    writers,
    at: new Date().toISOString(),
  })
  await objects.put(key, text, { time: newTime(), only: { whatever: true } })
}

/** For `conduct doctor`: everything anew, whatever is remembered. */
export async function probeS3(probed: Probed): Promise<readonly StoreProbe[]> {
  const { objects, newTime } = probed
  const startedMs = performance.now()
  await objects.get(passedKey(objects), newTime())
  const roundTripMs = performance.now() - startedMs
  const lie = await findLie(probed)
  return [
    {
      check: 'conditional_write',
      verdict: lie === null ? 'ok' : 'failed',
      detail:
        lie === null
          ? `Kept every condition in ${roundsMax} rounds of ${writers} writers.`
          : describeLie(lie),
      remedy: lie === null ? null : 'Use an S3 with working conditional writes, or another kind of store.',
    },
    {
      check: 'round_trip',
      verdict: 'ok',
      detail: `Reading an object took ${roundTripMs.toFixed(1)} ms.`,
      remedy: null,
    },
    describeClock(objects),
  ]
}

/** A service that takes no update at all with the ETag it gave may take it without quotes: it is tried again so. */
async function tryForms(probed: Probed): Promise<{ lie: Lie | null; etags: Passed['etags'] }> {
  const lie = await findLie(probed)
  if (lie?.probe !== 'update_race' || lie.isRefusalOfAll !== true) return { lie, etags: 'as_received' }
  probed.objects.sendBareETags()
  return { lie: await findLie(probed), etags: 'bare' }
}

async function findLie({ objects, newTime }: Probed): Promise<Lie | null> {
  const base = `${objects.address.prefix}!probe/${randomUUID()}/`
  for (let first = 1; first <= roundsMax; first += roundsAtOnce) {
    const lies = await Promise.all(
      Array.from({ length: roundsAtOnce }, (_, index) =>
        probeRound({ objects, newTime, key: `${base}${first + index}`, round: first + index }),
      ),
    )
    const lie = lies.find((found) => found !== null)
    if (lie !== undefined) return lie
  }
  return null
}

interface Round extends Probed {
  readonly key: string
  readonly round: number
}

type Verdict = { readonly lie: Lie } | { readonly etag: string; readonly text: string }

async function probeRound(of: Round): Promise<Lie | null> {
  const created = await race(of, { probe: 'create_race', only: { ifAbsent: true }, before: null })
  if ('lie' in created) return created.lie
  const updated = await race(of, {
    probe: 'update_race',
    only: { ifMatch: created.etag },
    before: created.text,
  })
  if ('lie' in updated) return updated.lie
  return (
    (await refuses(of, { probe: 'stale_update', only: { ifMatch: created.etag }, stands: updated.text })) ??
    (await refuses(of, { probe: 'second_create', only: { ifAbsent: true }, stands: updated.text }))
  )
}

/** Exactly one of many writers wins, is told so, and is what the next look sees. */
async function race(
  { objects, newTime, key, round }: Round,
  { probe, only, before }: { probe: Lie['probe']; only: Condition; before: string | null },
): Promise<Verdict> {
  /** Of every try: a write that nobody answered may land while the next ones are under way. */
  const answerTo = new Map<string, Put>()
  for (let undecided = 0; undecided <= undecidedMax; undecided++) {
    const texts = Array.from({ length: writers }, () => encodeStored({ format: 1, nonce: newNonce() }))
    const answers = await Promise.all(
      texts.map(async (text) => {
        const answer = await objects.put(key, text, { time: newTime(), only })
        answerTo.set(text, answer)
        return answer
      }),
    )
    const got = await objects.get(key, newTime())
    const told = answers.filter(({ kind }) => kind === 'written').length
    const lie = (detail: string, name = probe): Verdict => ({ lie: { probe: name, round, detail } })
    if (told > 1) return lie(`${told} of ${writers} writers at once were told that they won`)
    const stands = got.kind === 'found' ? got.text : null
    const standing = stands === null ? undefined : answerTo.get(stands)
    if (told === 1) {
      if (got.kind === 'found' && standing?.kind === 'written') return { etag: got.etag, text: got.text }
      return lie('the write of the only winner is not what was read right after it', 'read_after_write')
    }
    if (standing?.kind === 'refused') return lie('a writer that was told it had lost is what stands there')
    if (standing?.kind === 'unknown' && got.kind === 'found') return { etag: got.etag, text: got.text }
    if (answers.every(({ kind }) => kind === 'refused')) {
      const detail = `none of ${writers} writers won, though the condition held`
      return { lie: { probe, round, detail, isRefusalOfAll: true } }
    }
    if (stands !== before) return lie('what stood there before is gone', 'read_after_write')
    await newTime().pause(undecidedPauseMs * 2 ** undecided)
  }
  throw new ConductError(
    'STORE_UNREACHABLE',
    `The store ${objects.address.shown} answered none of ${writers} writers in ${undecidedMax + 1} tries.`,
  )
}

/** A write whose condition does not hold is refused and leaves no trace. */
async function refuses(
  { objects, newTime, key, round }: Round,
  { probe, only, stands }: { probe: Lie['probe']; only: Condition; stands: string },
): Promise<Lie | null> {
  const text = encodeStored({ format: 1, nonce: newNonce() })
  const put: Put = await objects.put(key, text, { time: newTime(), only })
  const got: Got = await objects.get(key, newTime())
  const found = got.kind === 'found' ? got.text : null
  if (put.kind === 'written') return { probe, round, detail: 'a write that had to be refused was accepted' }
  if (found === text) return { probe, round, detail: 'a write that was refused is what stands there' }
  if (found !== stands)
    return { probe: 'read_after_write', round, detail: 'an older state was read after a newer one' }
  return null
}

function passedKey({ address }: S3Objects): string {
  const service = createHash('sha256')
    .update(JSON.stringify([address.endpoint, address.endpoint === null ? address.region : null]))
    .digest('hex')
    .slice(0, 12)
  return `${address.prefix}!probe/passed-${service}`
}

function describeLie({ probe, round, detail }: Lie): string {
  return `Probe ${probe} failed in round ${round} of ${roundsMax}: ${detail}.`
}

function liesError({ address }: S3Objects, lie: Lie): ConductError {
  return new ConductError(
    'STORE_LIES',
    `The store ${address.shown} does not keep its conditions. ${describeLie(lie)}`,
    { details: { probe: lie.probe, round: lie.round } },
  )
}

function describeClock(objects: S3Objects): StoreProbe {
  const seen = objects.clock()
  const aheadMs = seen === null ? null : seen.theirMs - seen.ourMs
  return {
    check: 'clock',
    verdict: aheadMs === null ? 'unknown' : 'ok',
    detail:
      aheadMs === null
        ? 'The service does not say what time it is. That decides nothing: leases are observed here.'
        : `The service's clock differs by ${Math.round(Math.abs(aheadMs) / 1000)} s. That decides nothing: leases are observed here.`,
    remedy:
      aheadMs !== null && Math.abs(aheadMs) > clockMsMax
        ? 'Set the clock of this machine: times shown to people are wrong, and the service may refuse signatures.'
        : null,
  }
}

const clockMsMax = 60_000
