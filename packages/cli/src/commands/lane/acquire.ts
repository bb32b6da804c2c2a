import { ConductError, exitCodes } from '@conduct/core'
import { type AcquireResult, claimOfSecret, identifyProcess } from '@conduct/lanes/engine'
import { durationValue, processValue, textValue } from '../../arguments/values.ts'
import type { CommandContext, CommandOutcome, CommandRun, CommandSpec } from '../../command.ts'
import { type Claims, openClaims } from '../../estate/claims.ts'
import { loadConfig, type LoadedConfig } from '../../estate/load-config.ts'
import { type Estate, openEstate, requireLane } from '../../estate/open-estate.ts'
import { sayingPolicy } from '../../estate/store-policy.ts'
import { notGranted } from '../../lane/answer.ts'
import { finishedTask } from '../../lane/conclude-finished.ts'
import { keepLease, type Kept } from '../../lane/keep.ts'
import {
  claimedResources,
  keyFlag,
  lanePositional,
  projectFlag,
  reasonFlag,
  repoFlag,
} from '../../lane/arguments.ts'
import { lookAtLanes, whileLooking } from '../../lane/look.ts'
import { openPullRequest, pullRequestsOf, untilMergedFlag } from '../../lane/pull-request.ts'
import { resourcesText, timeOfDay } from '../../lane/text.ts'

export type Flags = {
  readonly repo?: readonly string[]
  readonly project?: string
  readonly task?: string
  readonly reason?: string
  readonly contact?: string
  readonly eta?: number
  readonly wait: boolean
  readonly waitMax?: number
  readonly noQueue: boolean
  readonly keep: boolean
  readonly keepWith?: number
  readonly untilMerged?: string
  readonly key?: string
}

export const spec: CommandSpec<Flags, [lane: string]> = {
  description: [
    'When it is free, it is yours until the time it says; renew it before, release it after. When it is held, you join the line (exit 10): asking again keeps your place, and takes the lane once your turn has come.',
    'With --key, whatever triggers it may come as often as it likes: the first with that key gets the claim, all others are told whose it is (outcome skipped, because coalesced, exit 13, since what follows would run without the lane), also after it was handed back. A claim that lapsed, left the line or was forced out makes the key free again. Whoever has the claim goes on without --key.',
    'What proves that it is yours lies in a private file for this folder; in another folder you are somebody else.',
  ],
  parameters: {
    flags: {
      repo: repoFlag,
      project: projectFlag,
      task: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'id',
        brief: 'The work item it is for',
      },
      reason: { ...reasonFlag, optional: true },
      contact: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'url',
        brief: 'Where those who wait can reach you',
      },
      eta: {
        kind: 'parsed',
        parse: durationValue,
        optional: true,
        placeholder: 'duration',
        brief: 'How long you think you need (40m); those who wait see it',
      },
      wait: { kind: 'boolean', brief: 'Wait for the turn instead of returning with a place in line' },
      waitMax: {
        kind: 'parsed',
        parse: durationValue,
        optional: true,
        placeholder: 'duration',
        brief:
          'With --wait: at most this long (15m); the place in line stays. Default: as long as a place lives',
      },
      keep: {
        kind: 'boolean',
        brief: 'Renew it as long as the shell or agent that typed this lives (12 hours at most)',
      },
      keepWith: {
        kind: 'parsed',
        parse: processValue,
        optional: true,
        placeholder: 'pid',
        brief: 'The same, as long as that process lives: the runner of a CI job, say',
      },
      untilMerged: untilMergedFlag,
      key: keyFlag,
      noQueue: { kind: 'boolean', brief: 'When it is held, do not join the line' },
    },
    positional: { kind: 'tuple', parameters: [lanePositional] },
  },
  examples: [
    ['lane acquire backend_migration --repo engine --task ABC-12', 'take it, or join the line'],
    ['lane acquire release_train --repo engine --repo shop --wait --wait-max 15m', 'wait for it'],
    ['lane acquire backend_migration --repo engine --keep', 'keep it while this shell is open'],
    ['lane acquire backend_migration --repo engine --until-merged engine#41', 'keep it through the review'],
    [
      'lane acquire backend_migration --repo engine --key push:engine:4f2a91c',
      'once, however often that is triggered',
    ],
    ['lane acquire backend_migration --repo engine --no-queue --json', 'ask without joining the line'],
  ],
}

export const run: CommandRun<Flags, [lane: string]> = async (context, flags, name) => {
  if (flags.wait && flags.noQueue) throw usage('--wait and --no-queue contradict each other')
  if (flags.keep && flags.keepWith !== undefined) throw usage('give either --keep or --keep-with')
  if (flags.keepWith !== undefined && identifyProcess(flags.keepWith) === null)
    throw usage(`--keep-with ${flags.keepWith}: there is no such process`)
  if (flags.waitMax !== undefined && !flags.wait) throw usage('--wait-max goes with --wait')
  const loaded = await loadConfig(context)
  requireLane(loaded.config, name)
  const resources = claimedResources(loaded.config, { ...flags, lane: name })
  const ask = pullRequestsOf(loaded.config, context)
  const untilMerged = await openPullRequest({
    config: loaded.config,
    ask,
    text: flags.untilMerged,
    resources,
  })
  return sayingPolicy(loaded.config, name, () =>
    take(context, { loaded, flags, name, resources, untilMerged }),
  )
}

async function take(
  context: CommandContext,
  asked: {
    readonly loaded: LoadedConfig
    readonly flags: Flags
    readonly name: string
    readonly resources: readonly string[]
    readonly untilMerged: string | null
  },
): Promise<CommandOutcome> {
  const { loaded, flags, name, resources, untilMerged } = asked
  await using estate = await openEstate(context, loaded)
  await requireUnfinished({ estate, context, id: flags.task })
  const [before] = await lookAtLanes({ estate, context, names: [name] })
  const lane = estate.lanes.lane(name)
  const claims = openClaims({ estate, context })
  const waitingTtlMs = estate.config.lanes.get(name)?.waiting.ttlMs ?? 0
  const secret = await claims.secretFor(lane, resources, flags.key)
  const result = await whileLooking({ estate, context, names: [name] }, async () =>
    lane.acquire({
      resources,
      attended: false,
      waitMsMax: flags.wait ? (flags.waitMax ?? waitingTtlMs) : 0,
      signal: context.signal,
      secret,
      ...(flags.noQueue ? { whenHeld: 'fail' } : {}),
      ...(flags.task === undefined ? {} : { task: flags.task }),
      ...(flags.reason === undefined ? {} : { reason: flags.reason }),
      ...(flags.contact === undefined ? {} : { contact: flags.contact }),
      ...(flags.eta === undefined ? {} : { etaMs: flags.eta }),
      ...(untilMerged === null ? {} : { untilMerged }),
      ...(flags.key === undefined ? {} : { key: flags.key }),
      ...(claims.session === null ? {} : { session: claims.session }),
    }),
  )
  const bound = before?.holders.find(({ claim }) => claim === claimOfSecret(secret))?.untilMerged ?? null
  const keeper =
    (flags.keep || flags.keepWith !== undefined) && result.outcome === 'granted'
      ? await keepLease(estate, {
          lease: result.lease,
          definition: (await lane.inspect()).document.definition,
          pid: flags.keepWith,
        })
      : null
  return answer({
    estate,
    claims,
    name,
    secret,
    key: flags.key,
    result,
    keeper,
    untilMerged: untilMerged ?? bound,
  })
}

function answer(options: {
  readonly estate: Estate
  readonly claims: Claims
  readonly name: string
  readonly secret: string
  readonly key: string | undefined
  readonly result: AcquireResult
  readonly keeper: Kept | null
  readonly untilMerged: string | null
}): CommandOutcome {
  const { estate, claims, name, secret, key, result, keeper, untilMerged } = options
  if (result.outcome === 'granted') {
    const { lease } = result
    settle({ claims, name, asked: secret, key, kept: lease, resources: lease.resources })
    return {
      exit: exitCodes.done,
      data: {
        lane: name,
        outcome: 'granted',
        claim: lease.claim,
        resources: lease.resources,
        token: lease.token,
        expires_at: untilMerged === null ? lease.expiresAt : null,
        unattended: true,
        ...(untilMerged === null ? {} : { until_merged: untilMerged }),
        ...(keeper === null ? {} : { kept_for_process: keeper.parent, kept_by_process: keeper.pid }),
      },
      text: (style) =>
        untilMerged !== null
          ? `${style.green('✔')} ${name} ${resourcesText(lease.resources)} is yours until ${untilMerged} is merged or closed, token ${lease.token}.\n`
          : `${style.green('✔')} ${name} ${resourcesText(lease.resources)} is yours until ${timeOfDay(lease.expiresAt)}, token ${lease.token}${keeper === null ? `.\nRenew it before, with: ${estate.launcherHere} lane renew ${name}` : `; it renews itself while process ${keeper.parent} lives`}\n`,
      next: `${estate.launcherHere} lane release ${name}`,
    }
  }
  const kept = result.outcome === 'queued' ? result : null
  // Asked again with its key, the claim of this folder is what it was.
  const isOwn = 'coalescedWith' in result && result.coalescedWith?.claim === claimOfSecret(secret)
  if (!isOwn) settle({ claims, name, asked: secret, key, kept, resources: result.resources })
  const next =
    result.outcome === 'queued'
      ? `lane acquire ${name}${resourceFlags(estate, name, result.resources)} --wait`
      : `lane show ${name}`
  const held = notGranted({
    name,
    self: estate.identity.holder,
    result,
    next: `${estate.launcherHere} ${next}`,
  })
  const isCoalesced = 'because' in result && result.because === 'coalesced'
  return {
    ...held,
    // Exit 0 would let what stands behind `&&` run without the lane.
    ...(isCoalesced ? { exit: exitCodes.expectedState, ok: false } : {}),
    data: { ...held.data, unattended: true },
  }
}

/** Keeps the proof of the claim that there is now, and no other of those that were asked with. */
function settle(options: {
  readonly claims: Claims
  readonly name: string
  readonly asked: string
  readonly key: string | undefined
  readonly kept: { readonly secret: string } | null
  readonly resources: readonly string[]
}): void {
  const { claims, name, asked, key, kept, resources } = options
  if (kept?.secret === asked) return
  claims.forget(name, { claim: claimOfSecret(asked), secret: asked })
  if (kept !== null) claims.save(name, resources, kept.secret, key)
}

/** @throws ConductError TASK_OVER (13): it would be given back at once. */
async function requireUnfinished(options: {
  readonly estate: Estate
  readonly context: CommandContext
  readonly id: string | undefined
}): Promise<void> {
  const { estate, context, id } = options
  if (id === undefined) return
  const task = await finishedTask({ estate, context, id })
  if (task === null) return
  const who = task.moved === null ? '' : `: ${task.moved.by} moved it at ${task.moved.at}`
  throw new ConductError('TASK_OVER', `${id} is ${task.state} already${who}`)
}

function resourceFlags(estate: Estate, name: string, resources: readonly string[]): string {
  const scope = estate.config.lanes.get(name)?.scope
  if (scope === 'global') return ''
  const flag = scope === 'project' ? '--project' : '--repo'
  return resources.map((resource) => ` ${flag} ${resource}`).join('')
}

function usage(message: string): ConductError {
  return new ConductError('USAGE', message, { hint: 'Help: conduct lane acquire --help' })
}
