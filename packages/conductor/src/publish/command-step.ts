import { ConductError } from '@conduct/core'
import type { Command } from '@conduct/config'
import type { ObservedVersion, PublishOptions } from '@conduct/ecosystems'
import type { CheckedArtifact } from '../context.ts'
import { type Journey, surveyOf, travelOf } from '../journey.ts'
import { hasUnprovedIntent, maybePublished } from '../journal/begun.ts'
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

/** So long something that was begun and not seen may take to show before it counts as not done. */
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
 * Publishes by a command. Nothing tells such a target to refuse a second time: only what the other command shows
 * decides, and what was begun and not seen is waited for before it is done again.
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
  const look = async (): Promise<Observation> => {
    const seen = await observeLive(context, artifact, travelOf(journey).lease.signal)
    const isBegun = maybePublished(journey.journal.records()).has(`${name}@${version}`)
    return judgeCommanded(seen, { artifact, isBegun })
  }
  return {
    id,
    phase: 'publish',
    kind: 'publish',
    repo: producer.name,
    action: `publish ${name}@${version} by ${shown}`,
    irreversible: true,
    observe: async () => {
      if (!hasUnprovedIntent(journey.journal.records(), id)) return look()
      return observeUntilShown(journey, { timeoutMs: Math.min(timeoutMs, settlesWithinMs) }, look)
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
        await publisher.publish({ ...options, context: { ...options.context, signal } })
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
