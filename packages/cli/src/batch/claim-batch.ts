import type { LanesConfig } from '@conduct/config'
import { ConductError, exitCodes } from '@conduct/core'
import { type Batch, batchPrefix, claimTickets, giveBackTickets } from '@conduct/conductor'
import { claimOfSecret, type Lane, type Lease } from '@conduct/lanes/engine'
import { firstState, openTasks, type Task } from '@conduct/tasks'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { openClaims } from '../estate/claims.ts'
import { type Estate, openEstate } from '../estate/open-estate.ts'
import { notGranted } from '../lane/answer.ts'
import { claimedResources } from '../lane/arguments.ts'
import { lookAtLanes } from '../lane/look.ts'
import { openPullRequest, pullRequestsOf } from '../lane/pull-request.ts'
import type { Batching } from './batching.ts'

export interface ClaimFlags {
  readonly repo?: readonly string[]
  readonly project?: string
  readonly untilMerged?: string
}

export type BatchClaim =
  | {
      readonly outcome: 'claimed'
      readonly lease: Pick<Lease, 'claim' | 'token' | 'expiresAt' | 'resources' | 'lane'>
      readonly launcherHere: string
      /** The batch was not written after all: its tickets and the lane go back. */
      readonly giveBack: () => Promise<void>
    }
  | { readonly outcome: 'answered'; readonly answer: CommandOutcome }

/**
 * Takes the migration lane for a batch, then its tickets. Whoever is second is told who was first, and has taken nothing.
 *
 * @throws ConductError BATCH_LANE_MISSING, BATCH_IN_PROGRESS, USAGE (which resource), those of the store
 */
export async function claimBatch(
  context: CommandContext,
  options: { readonly batching: Batching; readonly batch: Batch; readonly flags: ClaimFlags },
): Promise<BatchClaim> {
  const { batching, batch, flags } = options
  const { loaded, lane: declared } = batching
  if (loaded === null || declared === null) {
    throw new ConductError('BATCH_LANE_MISSING', 'there is no lane with batching that could be taken')
  }
  const { name } = declared
  const resources = claimedResources(loaded.config, {
    ...withOnlyRepo(loaded.config, name, flags),
    lane: name,
  })
  const ask = pullRequestsOf(loaded.config, context)
  const untilMerged = await openPullRequest({
    config: loaded.config,
    ask,
    text: flags.untilMerged,
    resources,
  })
  await using estate = await openEstate(context, loaded)
  await lookAtLanes({ estate, context, names: [name] })
  const lane = estate.lanes.lane(name)
  const claims = openClaims({ estate, context })
  const secret = await claims.secretFor(lane, resources)
  const before = (await lane.inspect()).holders.find((each) => each.claim === claimOfSecret(secret))
  const other = before?.task ?? batch.id
  if (other !== batch.id && other.startsWith(batchPrefix)) {
    throw new ConductError('BATCH_IN_PROGRESS', `you hold ${name} for ${other} already`, {
      hint: `Finish it, or give the lane back: ${estate.launcherHere} lane release ${name}`,
    })
  }
  // No place in line: a turn that comes later finds other branches, and needs another plan.
  const result = await lane.acquire({
    resources,
    attended: false,
    waitMsMax: 0,
    whenHeld: 'fail',
    task: batch.id,
    reason: `${batch.tickets.length} schema changes in one turn`,
    signal: context.signal,
    secret,
    ...(untilMerged === null ? {} : { untilMerged }),
    ...(claims.session === null ? {} : { session: claims.session }),
  })
  if (result.outcome !== 'granted') {
    claims.forget(name, { claim: claimOfSecret(secret), secret })
    const next = `${estate.launcherHere} lane show ${name}`
    return { outcome: 'answered', answer: notGranted({ name, self: estate.identity.holder, result, next }) }
  }
  const { lease } = result
  if (lease.secret !== secret) claims.save(name, lease.resources, lease.secret)
  const by = estate.identity.holder
  const tasks = openTasks({ store: estate.store, wallMs: Date.now })
  const tickets = expectedStates(batching.tasks, batch)
  const claimed = await claimTickets(tasks, { batch: batch.id, tickets, by })
  const releaseLane = async (from: Lane): Promise<void> => {
    // What was held before is not ours to give back.
    if (before !== undefined) return
    await from.release({ claim: lease.claim, secret: lease.secret })
    claims.forget(name, { claim: lease.claim, secret: lease.secret })
  }
  if (claimed.outcome === 'refused') {
    await releaseLane(lane)
    return { outcome: 'answered', answer: ticketTaken(claimed.task, estate) }
  }
  return {
    outcome: 'claimed',
    lease: {
      claim: lease.claim,
      token: lease.token,
      expiresAt: lease.expiresAt,
      resources: lease.resources,
      lane: name,
    },
    launcherHere: estate.launcherHere,
    giveBack: async () => {
      await using again = await openEstate(context, loaded)
      await giveBackTickets(openTasks({ store: again.store, wallMs: Date.now }), {
        batch: batch.id,
        tickets,
        by,
      })
      await releaseLane(again.lanes.lane(name))
    },
  }
}

/** Where there is one repository, nobody has to name it. */
function withOnlyRepo(config: LanesConfig, lane: string, flags: ClaimFlags): ClaimFlags {
  const [only] = config.repos.size === 1 ? config.repos.keys() : []
  const scope = config.lanes.get(lane)?.scope
  const isMeant = only !== undefined && (scope === 'repo' || scope === 'repo_set')
  return isMeant && flags.repo === undefined && flags.project === undefined ? { repo: [only] } : flags
}

/** As they were when the plan was made: whoever moved one since is found out by the move. */
function expectedStates(
  tasks: readonly Task[],
  { tickets, id: batch }: Batch,
): readonly { readonly id: string; readonly state: string }[] {
  return tickets.map(({ id }) => {
    const task = tasks.find((each) => each.id === id)
    const isOurs = task?.batch === batch
    return { id, state: (isOurs ? task.moved?.from : task?.state) ?? firstState }
  })
}

function ticketTaken(task: Task, estate: Estate): CommandOutcome {
  const { by, at } = task.moved ?? { by: 'somebody', at: '' }
  const error = new ConductError('TICKET_TAKEN', `${task.id} is ${task.state}: ${by} moved it at ${at}`, {
    hint:
      task.batch === null ? 'Plan again.' : `It is in ${task.batch}. Plan again: what is taken is left out.`,
    details: { ticket: task.id, state: task.state, moved_by: by, moved_at: at, batch: task.batch },
  })
  return {
    exit: exitCodes.expectedState,
    data: { ticket: task.id, state: task.state, batch: task.batch, moved_by: by, moved_at: at },
    text: () => `${error.message}.\n`,
    error,
    next: `${estate.launcherHere} batch plan`,
  }
}
