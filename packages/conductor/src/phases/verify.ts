import { ConductError } from '@conduct/core'
import type { Deploy, Verify } from '@conduct/config'
import { placeOf, valuesOf } from '../consumer-commands.ts'
import { possibleRollback, rollBackNow } from '../deploy/automatic-rollback.ts'
import { openTarget } from '../deploy/open-target.ts'
import { type ConsumerJourney, type ConsumerPhase, noteLooked, travelOf } from '../journey.ts'
import type { VerifyFacts } from '../journal/outcomes.ts'
import { type TargetRead, readTarget } from '../read-target.ts'
import { stepId } from '../step-id.ts'

/** Between two reads that both match; the target may be several machines. */
const betweenReadsMs = 50
/** After an answer that does not match: the target may still be coming up. */
const firstRetryMs = 100
const longestRetryMs = 5000
/** One read, which does not outlast the time there is for all of them by more than the shorter of these. */
const readMsMax = 10_000
const readMsMin = 1000

/** What answers at the target is what was deployed, in several reads: yes, no, or inconclusive. */
export const verify: ConsumerPhase = {
  name: 'verify',
  per: 'consumer',
  run: async (traveller) => {
    const { journey, name, consumer } = traveller
    const { deploy } = consumer.consumer
    if (deploy.strategy.kind === 'none' || deploy.verify === null) return
    const startedAtMs = journey.context.clock.wallMs()
    travelOf(journey).throwIfStopped()

    const verdict = await readUntilSure(traveller, deploy.verify)

    const facts: VerifyFacts = { verified: verdict.verified }
    await noteLooked(journey, startedAtMs, [
      {
        step: {
          id: stepId.verify(name),
          phase: 'verify',
          kind: 'verify',
          repo: name,
          action: `read ${deploy.verify.url} ${deploy.verify.reads} times`,
          irreversible: false,
        },
        state: verdict.verified === 'yes' ? 'done' : 'failed',
        evidence: verdict.evidence,
        facts: { ...facts },
      },
    ])
    if (verdict.verified !== 'yes') throw await notVerified(traveller, deploy, verdict)
  },
}

interface Verdict {
  readonly verified: 'yes' | 'no' | 'inconclusive'
  readonly evidence: string
}

async function readUntilSure(traveller: ConsumerJourney, declared: Verify): Promise<Verdict> {
  const { journey } = traveller
  const { clock } = journey.context
  const { signal } = travelOf(journey)
  const endsAtMs = clock.monotonicMs() + declared.withinMs
  const values = valuesOf(traveller)
  const notBeforeMs = deployedAtMs(traveller)
  const reads: TargetRead[] = []
  let matches = 0
  for (let retryMs = firstRetryMs; ;) {
    travelOf(journey).throwIfStopped()
    const read = await readTarget(declared, values, {
      signal,
      nowMs: clock.wallMs,
      timeoutMs: Math.min(readMsMax, Math.max(readMsMin, Math.ceil(endsAtMs - clock.monotonicMs()))),
      ...(notBeforeMs === null ? {} : { notBeforeMs }),
    })
    reads.push(read)
    matches = read.answer === 'match' ? matches + 1 : 0
    if (matches >= declared.reads) return judgeReads(reads, declared.reads)
    const leftMs = endsAtMs - clock.monotonicMs()
    if (leftMs <= 0) return judgeReads(reads, declared.reads)
    await clock.sleep(Math.min(read.answer === 'match' ? betweenReadsMs : retryMs, leftMs), signal)
    if (read.answer !== 'match') retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

/** When this run's deploy was proved; null where it found the commit running already. */
function deployedAtMs({ journey, name }: ConsumerJourney): number | null {
  const proof = journey.journal
    .records()
    .findLast(
      (record) =>
        record.type === 'proof' && record.step.id === stepId.deploy(name) && record.effect === 'done',
    )
  return proof === undefined ? null : Date.parse(proof.at)
}

/**
 * Pure: the last reads decide. `yes` when all of them matched, `no` when none did and all could be read, otherwise
 * nobody can tell.
 */
export function judgeReads(reads: readonly TargetRead[], needed: number): Verdict {
  const last = reads.slice(-needed)
  const matching = last.filter((read) => read.answer === 'match').length
  if (last.length >= needed && matching === last.length) {
    return { verified: 'yes', evidence: `${matching} of ${needed} reads match, ${reads.length} reads in all` }
  }
  const latest = reads.at(-1)
  const said =
    latest?.answer === 'other'
      ? latest.said
      : latest?.answer === 'unreadable'
        ? latest.why
        : 'it matched at last'
  const isNo = last.length > 0 && last.every((read) => read.answer === 'other')
  return {
    verified: isNo ? 'no' : 'inconclusive',
    evidence: `${matching} of the last ${last.length} reads match: ${said}`,
  }
}

async function notVerified(
  traveller: ConsumerJourney,
  deploy: Deploy,
  verdict: Verdict,
): Promise<ConductError> {
  const place = placeOf(traveller)
  const message = `${place.name}: ${verdict.evidence}`
  const code = verdict.verified === 'no' ? 'VERIFY_FAILED' : 'VERIFY_INCONCLUSIVE'
  const target = openTarget(place)
  const back = possibleRollback(place, target)
  if (target === null || back === null) {
    return new ConductError(code, message, {
      hint: 'There is no rollback: none is declared, or nothing ran before. Look at the target, then resume.',
    })
  }
  if (deploy.onFailedVerify === 'offer' || verdict.verified !== 'no') {
    return new ConductError(code, message, {
      hint: `To verify again, resume. To ${back}, and to take everything else back, conduct compensate ${place.run}.`,
    })
  }
  return rollBackNow(traveller, { place, target, message })
}
