import { ConductError } from '@conduct/core'
import type { Command, Deploy, Verify } from '@conduct/config'
import { runForConsumer, valuesOf } from '../consumer-commands.ts'
import { type ConsumerJourney, type ConsumerPhase, noteLooked, travelOf } from '../journey.ts'
import type { VerifyFacts } from '../journal/outcomes.ts'
import { type TargetRead, readTarget } from '../read-target.ts'
import { type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { expandCommand, missingValues, showCommand } from '../template.ts'

/** Between two reads that both match; the target may be several machines. */
const betweenReadsMs = 50
/** After an answer that does not match: the target may still be coming up. */
const firstRetryMs = 100
const longestRetryMs = 5000

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
  const reads: TargetRead[] = []
  let matches = 0
  for (let retryMs = firstRetryMs; ;) {
    travelOf(journey).throwIfStopped()
    const read = await readTarget(declared, values, signal)
    reads.push(read)
    matches = read.answer === 'match' ? matches + 1 : 0
    if (matches >= declared.reads) return judgeReads(reads, declared.reads)
    const leftMs = endsAtMs - clock.monotonicMs()
    if (leftMs <= 0) return judgeReads(reads, declared.reads)
    await clock.sleep(Math.min(read.answer === 'match' ? betweenReadsMs : retryMs, leftMs), signal)
    if (read.answer !== 'match') retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
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
  const { name } = traveller
  const code = verdict.verified === 'no' ? 'VERIFY_FAILED' : 'VERIFY_INCONCLUSIVE'
  const rollback = possibleRollback(traveller, deploy)
  if (rollback === null) {
    return new ConductError(code, `${name}: ${verdict.evidence}`, {
      hint: 'There is no rollback: none is declared, or nothing ran before. Look at the target, then resume.',
    })
  }
  const shown = showCommand(expandCommand(rollback, valuesOf(traveller)))
  if (deploy.onFailedVerify === 'offer' || verdict.verified !== 'no') {
    return new ConductError(code, `${name}: ${verdict.evidence}`, {
      hint: `To roll back, run in ${name}: ${shown}; to verify again, resume.`,
    })
  }
  await takeStep(travelOf(traveller.journey), rollbackStep(traveller, { command: rollback, shown, deploy }))
  return new ConductError(code, `${name}: ${verdict.evidence}; rolled back with ${shown}`, {
    hint: 'Find out why it did not come up; resume deploys it once more.',
  })
}

function possibleRollback(traveller: ConsumerJourney, deploy: Deploy): Command | null {
  if (deploy.rollback === null) return null
  return missingValues(deploy.rollback, valuesOf(traveller)).length === 0 ? deploy.rollback : null
}

function rollbackStep(
  traveller: ConsumerJourney,
  options: { readonly command: Command; readonly shown: string; readonly deploy: Deploy },
): Step {
  const { name } = traveller
  const { timeoutMs } = options.deploy
  return {
    id: stepId.rollback(name),
    phase: 'verify',
    kind: 'rollback',
    repo: name,
    action: `roll ${name} back: ${options.shown}`,
    irreversible: true,
    observe: () => Promise.resolve({ state: 'expected', evidence: 'the verification failed' }),
    effect: {
      timeoutMs,
      observationIsImmediate: false,
      harmlessErrors: ['COMMAND_NOT_FOUND'],
      act: async ({ signal }) => {
        await runForConsumer(traveller, { command: options.command, timeoutMs, signal })
        return { outcome: 'acted' }
      },
      confirm: () => Promise.resolve({ state: 'goal', evidence: `${options.shown}: exit code 0` }),
    },
  }
}
