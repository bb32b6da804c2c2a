import { ConductError, isConductError } from '@conduct/core'
import type { Command } from '@conduct/config'
import type { ObservedVersion, PublishOptions } from '@conduct/ecosystems'
import type { CheckedArtifact } from '../context.ts'
import { type Journey, surveyOf, travelOf } from '../journey.ts'
import { maybePublished, unprovedIntent } from '../journal/begun.ts'
import type { PublishFacts } from '../journal/outcomes.ts'
import { secretsWithin } from '../secrets.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import { expandCommand, showCommand } from '../template.ts'
import { type Workplace, openWorkplace, runSetup } from '../workplace.ts'
import { publishValues } from './command-publisher.ts'
import { isComparable } from './comparable.ts'
import { mismatch, observeLive } from './observe-live.ts'
import { observeUntilShown, surveyed } from './publish-step.ts'

/** So long something that was begun and not seen may take to show before that is said; at least. */
const settlesWithinMs = 30_000

/** The producer at its frozen commit, set up as for its checks. */
export function commandWorkplace(journey: Journey): Workplace {
  const { producer } = surveyOf(journey)
  return openWorkplace({
    ...surveyed(journey),
    prepare: (path) =>
      runSetup({
        context: journey.context,
        repo: { name: producer.name, repo: producer.repo },
        cwd: path,
        signal: travelOf(journey).signal,
      }),
  })
}

/**
 * Publishes by a command. Nothing tells such a target to refuse a second time, and what the other command shows may
 * lag: what was begun without an answer is never done again by us. A command that says itself that it failed may have
 * published before it did: it is asked again once nothing has shown for all the time that the package may take.
 */
export function commandStep(
  journey: Journey,
  artifact: CheckedArtifact & { readonly command: Command },
  workplace: Workplace,
): Step {
  const { name, version, publisher, command, timeoutMs } = artifact
  const { producer } = surveyOf(journey)
  const { context } = journey
  const id = stepId.publish(name, version)
  const shown = showCommand(expandCommand(command, publishValues(producer, version)))
  let options: PublishOptions | null = null
  let failedByItself = false
  const look = async (): Promise<Observation> => {
    const seen = await observeLive(context, artifact, travelOf(journey).lease.signal)
    const isBegun = maybePublished(journey.journal.records()).has(`${name}@${version}`)
    const judged = judgeCommanded(seen, { artifact, isBegun })
    return judged.state === 'expected' && failedByItself
      ? { ...judged, facts: { failed_by_itself: true } satisfies FailedFacts }
      : judged
  }
  return {
    id,
    phase: 'publish',
    kind: 'publish',
    repo: producer.name,
    action: `publish ${name}@${version} by ${shown}`,
    irreversible: true,
    observe: async () => {
      const begun = unprovedIntent(journey.journal.records(), id)
      if (begun === null) return look()
      const { failed_by_itself: hasSaidSo } = begun.facts as Partial<FailedFacts>
      const sinceMs = context.clock.wallMs() - Date.parse(begun.at)
      const leftMs = hasSaidSo === true ? timeoutMs - sinceMs : 0
      const withinMs = Math.max(Math.min(timeoutMs, settlesWithinMs), leftMs)
      const seen = await observeUntilShown(journey, { timeoutMs: withinMs }, look)
      if (seen.state !== 'expected' || hasSaidSo === true || failedByItself) return seen
      return undecided({ ...artifact, shown, sha: producer.commit, seenForMs: withinMs })
    },
    effect: {
      timeoutMs,
      harmlessErrors: ['COMMAND_NOT_FOUND'],
      observationIsImmediate: false,
      prepare: async () => {
        const worktree = await workplace.path()
        const passEnv = producer.repo.env
        options = {
          tarball: '',
          package: artifact.discovered,
          worktree,
          distTag: '',
          timeoutMs,
          context: {
            runCommand: context.runCommand,
            passEnv,
            secrets: await secretsWithin({ cwd: worktree, passEnv }),
          },
        }
        return {}
      },
      act: async ({ signal }) => {
        if (options === null) throw new Error('invariant broken: publishing was prepared')
        try {
          await publisher.publish({ ...options, context: { ...options.context, signal } })
        } catch (error) {
          failedByItself = isConductError(error) && error.details['outcome'] === 'exited'
          throw error
        }
        return { outcome: 'acted' }
      },
      confirm: async () => {
        const seen = await observeUntilShown(journey, artifact, look)
        if (seen.state !== 'expected') return seen
        return {
          state: 'unknown',
          evidence: `${shown} ended well, and nothing shows ${name}@${version} after ${timeoutMs / 1000} s`,
        }
      },
    },
  }
}

/** What a proof says of a command that ended by itself and not well: its own word that nothing was published. */
interface FailedFacts {
  readonly failed_by_itself: true
}

function undecided(begun: {
  readonly name: string
  readonly version: string
  readonly shown: string
  readonly sha: string
  readonly seenForMs: number
}): Observation {
  const { name, version, shown, sha } = begun
  const evidence = `${name}@${version}: ${shown} was begun, how it ended is not known, and nothing has shown for ${begun.seenForMs / 1000} s; it is not run a second time`
  const hint = `A person looks at the target. It is there: resume once it shows. It is not: run ${shown} at ${sha} by hand and resume, or abort this run and start another.`
  return { state: 'unknown', evidence, error: new ConductError('OUTCOME_UNKNOWN', evidence, { hint }) }
}

/** Pure. What was packed is compared wherever the command prints the same kind of digest. */
export function judgeCommanded(
  seen: ObservedVersion,
  options: {
    readonly artifact: Pick<CheckedArtifact, 'name' | 'version' | 'registry' | 'packed'>
    /** This run has begun to publish it. */
    readonly isBegun: boolean
  },
): Observation {
  const { artifact, isBegun } = options
  const { name, version, registry, packed } = artifact
  if (seen.state === 'absent') return { state: 'expected', evidence: `${name}@${version} is not live` }
  if (seen.state === 'unknown') return { state: 'unknown', evidence: seen.reason }
  const { integrity } = seen
  const evidence = `${name}@${version} is live with ${integrity}`
  const facts: PublishFacts = { package: name, version, integrity, registry }
  if (packed !== null && isComparable(packed.integrity, integrity)) {
    if (packed.integrity === integrity) return { state: 'goal', evidence, facts: { ...facts } }
    return mismatch(`${evidence}, packed was ${packed.integrity}`)
  }
  if (isBegun) return { state: 'goal', evidence, facts: { ...facts } }
  return { state: 'other', evidence: takenText(evidence), error: takenError(evidence) }
}

function takenText(evidence: string): string {
  return `${evidence}, which this run did not publish, and there is nothing to compare it with`
}

export function takenError(evidence: string): ConductError {
  return new ConductError('EXPECTED_STATE', takenText(evidence), {
    hint: 'Bump the version, or let the consumers catch up with --version.',
  })
}
