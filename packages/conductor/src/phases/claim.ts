import type { Train } from '@conduct/config'
import { ConductError, isConductError, toTimestamp } from '@conduct/core'
import type { AcquireOptions, AcquireResult, HeldBy, Lease } from '@conduct/lanes/engine'
import { wholeLane } from '@conduct/lanes/engine'
import type { HeldAnswer } from '../api.ts'
import { refuseStopped, refuseUnfinished } from '../claim/earlier-runs.ts'
import { runEffect } from '../crash-points.ts'
import { type Journey, type PhaseOutcome, type TrainPhase, noteLooked } from '../journey.ts'
import { begunPlan, isGoingBack } from '../journal/begun.ts'
import { stepId } from '../step-id.ts'
import { endCommandsWithLease, holderProcess } from '../supervise-commands.ts'
import { formerEndsMs } from '../limits.ts'
import { startTravel } from '../travel.ts'

/** Takes the lane for exactly the repos of the train, or joins the line. */
export const claim: TrainPhase = {
  name: 'claim',
  per: 'train',
  run: async (journey) => {
    const { context, journal, lane, run } = journey
    const startedAtMs = context.clock.wallMs()
    const resources = trainResources(journey)
    await refuseStopped(journey, resources)

    const result = await runEffect(context.hit, 'claim', {
      act: () => acquire(journey, resources),
      prove: (acquired) => writeDown(journey, acquired),
    })
    if (result.outcome !== 'granted') return stepAside(journey, result)

    const { lease } = result
    journey.luggage.endSupervision = endCommandsWithLease(lease)
    journey.luggage.travel = startTravel({
      context,
      run,
      journal,
      lane,
      lease,
      beforeKeeping: () => journey.luggage.confirmApproval(),
    })
    await refuseUnfinished(journey, lease.resources)
    const summary = `${lane.name} {${resources.join(', ')}}, token ${lease.token}`
    await noteLooked(journey, startedAtMs, [
      {
        step: {
          id: stepId.claim(lane.name),
          phase: 'claim',
          kind: 'claim',
          repo: null,
          action: `take ${lane.name}`,
          irreversible: false,
        },
        state: 'done',
        evidence: summary,
        facts: { token: lease.token, resources },
      },
    ])
    return { outcome: 'done', summary }
  },
}

/** What a claim of this train covers, in the scope of its lane. */
export function trainResources(journey: Pick<Journey, 'context' | 'request'>): readonly string[] {
  const { train, config } = journey.context
  if (config.lanes.get(train.lane)?.scope === 'global') return [wholeLane]
  return travellingRepos(train, journey.request.only)
}

/** The producer and every consumer that is not left out. */
export function travellingRepos(train: Train, only: readonly string[] | null): readonly string[] {
  const consumers = train.consumers
    .map((consumer) => consumer.repo)
    .filter((repo) => only === null || only.includes(repo))
  return [...new Set([train.producer.repo, ...consumers])]
}

async function acquire(journey: Journey, resources: readonly string[]): Promise<AcquireResult> {
  try {
    return await askForLane(journey, resources)
  } catch (error) {
    if (isConductError(error, 'NOT_A_HOLDER')) return recommend(journey, error.message)
    throw error
  }
}

function askForLane(journey: Journey, resources: readonly string[]): Promise<AcquireResult> {
  const { context, lane, run, ask } = journey
  const question: AcquireOptions = {
    resources,
    task: `train ${context.trainName}, run ${run}`,
    run,
    attended: true,
    process: holderProcess(),
    waitMsMax: ask.waitMsMax,
    signal: context.signal,
    ...(ask.whenHeld === null ? {} : { whenHeld: ask.whenHeld }),
  }
  if (journey.kind === 'run') return lane.acquire(question)
  return lane.acquire({ ...question, resumes: run, formerMsMax: Math.max(ask.waitMsMax, formerEndsMs) })
}

async function writeDown(journey: Journey, result: AcquireResult): Promise<void> {
  const { context, journal } = journey
  switch (result.outcome) {
    case 'granted':
      await refuseEnded(journey, result.lease)
      journey.luggage.begun = begunPlan(journal.records())
      await journal.open(result.lease.token, {
        type: 'opened',
        kind: journey.kind,
        holder: context.identity.holder,
        lane: journey.lane.name,
        resources: result.lease.resources,
        waitedMs: result.lease.waitedMs,
        configCommit: context.configCommit,
      })
      return undefined
    case 'queued':
      // A run that has ended is not waiting again: whoever wants to undo it asks again.
      if (journey.kind === 'compensate') {
        await journey.lane.leave({ claim: result.claim, secret: result.secret })
        return undefined
      }
      await journal.append({
        type: 'waiting_lane',
        lane: journey.lane.name,
        position: result.position,
        holder: result.holder?.holder ?? null,
      })
      return undefined
    case 'refused':
    case 'skipped':
      if (journey.kind !== 'run') return undefined
      await journal.append({ type: 'aborted', by: context.identity.holder, reason: result.reason })
      return undefined
  }
}

/** Somebody may have finished or aborted the run while we stood in line, or slept through our lease. */
async function refuseEnded(journey: Journey, lease: Lease): Promise<void> {
  await journey.journal.refresh()
  const error = endedMeanwhile(journey)
  if (error === null) return
  if (!lease.isHeld()) {
    const lost = `the lease of lane ${lease.lane} is lost, and ${error.message}`
    throw new ConductError('LEASE_LOST', lost, { cause: error })
  }
  await lease.release()
  throw error
}

function endedMeanwhile({ journal, kind, run }: Journey): ConductError | null {
  const records = journal.records()
  if (records.some((record) => record.type === 'compensated')) {
    return new ConductError('RUN_ENDED', `run ${run} was taken back meanwhile`)
  }
  if (kind === 'compensate') return null
  if (isGoingBack(records)) return new ConductError('RUN_COMPENSATING', `run ${run} is being taken back`)
  const ended = records.findLast((record) => record.type === 'closed' || record.type === 'aborted')
  if (ended === undefined) return null
  return new ConductError(
    'RUN_ENDED',
    `run ${run} was ${ended.type === 'closed' ? 'finished' : 'aborted'} meanwhile`,
  )
}

async function stepAside(
  journey: Journey,
  result: Exclude<AcquireResult, { outcome: 'granted' }>,
): Promise<PhaseOutcome> {
  const holder = result.holder ?? result.blockers[0] ?? null
  const isInLine = result.outcome === 'queued' && journey.kind !== 'compensate'
  const held: HeldAnswer = {
    lane: journey.lane.name,
    outcome: result.outcome === 'queued' && !isInLine ? 'refused' : result.outcome,
    claim: isInLine ? result.claim : null,
    holder: holder === null ? null : toHolder(holder),
    position: isInLine ? result.position : null,
    reason: result.outcome === 'queued' ? null : result.reason,
    isOwnRun: result.outcome === 'refused' && result.because === 'run_is_live',
    estimate:
      result.estimate === null
        ? null
        : { seconds: Math.ceil(result.estimate.ms / 1000), basis: result.estimate.basis },
  }
  const who = holder === null ? 'somebody else' : holder.holder
  return { outcome: 'held', held, summary: `${journey.lane.name} is held by ${who}` }
}

function toHolder(holder: HeldBy): HeldAnswer['holder'] {
  return { name: holder.holder, since: holder.since, task: holder.task, run: holder.run }
}

/** Whoever may not hold the lane can still ask: what they wanted to run is saved for those who may. */
async function recommend(journey: Journey, reason: string): Promise<never> {
  const { context, run, lane, request } = journey
  await context.store.register.change(`recommendation/${run}`, (before) => ({
    ...(before === null
      ? {
          write: {
            format: 1,
            run,
            train: context.trainName,
            lane: lane.name,
            by: context.identity.holder,
            at: toTimestamp(context.clock.wallMs()),
            request,
          },
        }
      : {}),
    result: null,
  }))
  throw new ConductError(
    'RUN_RECOMMENDED',
    `${context.identity.holder} may not hold ${lane.name}: ${reason}. Run ${run} of train ${context.trainName} is saved as a recommendation`,
    { next: `${context.launcher} resume ${run}` },
  )
}
