import { type CommitId, invariant } from '@conduct/core'
import type { Command } from '@conduct/config'
import type { DeployPlace } from './deploy/ports.ts'
import { type ConsumerJourney, surveyOf, travelOf } from './journey.ts'
import type { TemplateValues } from './template.ts'
import { type Workplace, openWorkplace, runDeclared, runSetup } from './workplace.ts'

/** Reading a setting or what runs at a target. */
export const observeTimeoutMs = 2 * 60_000

/** What `{…}` stands for in this consumer's commands. */
export function valuesOf(traveller: ConsumerJourney): TemplateValues {
  const { journey, consumer, name } = traveller
  return {
    sha: shaOf(traveller),
    version: surveyOf(journey).artifacts[0]?.version ?? null,
    previous_sha: consumer.previous,
    run: journey.run,
    repo: name,
  }
}

/** Where this consumer's commit goes. */
export function placeOf(traveller: ConsumerJourney): DeployPlace {
  const { journey, consumer, name, workplace } = traveller
  return {
    context: journey.context,
    run: journey.run,
    name,
    repo: consumer.repo,
    deploy: consumer.consumer.deploy,
    mirror: consumer.mirror,
    main: consumer.main,
    sha: shaOf(traveller),
    previous: consumer.previous,
    values: valuesOf(traveller),
    workplace,
    records: () => journey.journal.records(),
    // The lease's own, so that what only looks goes on after Ctrl-C as well.
    signal: travelOf(journey).lease.signal,
  }
}

export function shaOf(traveller: ConsumerJourney): CommitId {
  invariant(traveller.sha !== null, 'adopt leaves the commit that is deployed')
  return traveller.sha
}

export interface ConsumerCommand {
  readonly command: Command
  readonly timeoutMs: number
  /** Absent: the lease's own, so that a command that only looks goes on after Ctrl-C as well. */
  readonly signal?: AbortSignal
  readonly isSecret?: boolean
}

/** Runs a declared command of a consumer in its workplace; returns its trimmed output. */
export async function runForConsumer(traveller: ConsumerJourney, run: ConsumerCommand): Promise<string> {
  const { journey, consumer, name, workplace } = traveller
  return runDeclared({
    context: journey.context,
    repo: { name, repo: consumer.repo },
    command: run.command,
    values: valuesOf(traveller),
    cwd: await workplace.path(),
    timeoutMs: run.timeoutMs,
    signal: run.signal ?? travelOf(journey).lease.signal,
    ...(run.isSecret === undefined ? {} : { isSecret: run.isSecret }),
  })
}

/** The worktree of a consumer at the commit that is deployed, set up on first use. */
export function consumerWorkplace(traveller: Omit<ConsumerJourney, 'workplace'>): Workplace {
  const { journey, name } = traveller
  return openWorkplace({
    mirror: traveller.consumer.mirror,
    commit: () => shaOf(traveller as ConsumerJourney),
    prepare: (path) =>
      runSetup({
        context: journey.context,
        repo: { name, repo: traveller.consumer.repo },
        cwd: path,
        signal: travelOf(journey).signal,
      }),
  })
}
