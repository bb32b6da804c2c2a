import { ConductError } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { loadConfig } from '../estate/load-config.ts'
import { launch } from '../estate/launch.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { lookAtLanes, whileLooking } from '../lane/look.ts'
import {
  type PlanFlags,
  type WaitFlags,
  planFlags,
  planOptionsOf,
  trainPositional,
  waitFlags,
  waitMsOf,
} from '../train/arguments.ts'
import { planOutcome } from '../train/plan-outcome.ts'
import { endAtOnceWithWords } from '../train/end-at-once.ts'
import { runOutcome } from '../train/run-outcome.ts'
import { withNextFor } from '../train/next-of-run.ts'
import { type SignFlags, approveOf, signFlags } from '../train/proving.ts'

export type Flags = PlanFlags &
  WaitFlags &
  SignFlags & {
    readonly plan?: string
    readonly approve: boolean
    readonly noQueue: boolean
    readonly dryRun: boolean
    readonly acknowledge?: readonly string[]
  }

export const spec: CommandSpec<Flags, [train: string]> = {
  description: [
    'Takes the lane, surveys and preflights every affected repo, tries the packed library in every consumer, and then, once the plan is approved, publishes, adopts, deploys and verifies. Everything before the approval only looks.',
    'It can be killed at any moment: conduct resume finishes it, and nothing is done twice.',
  ],
  parameters: {
    flags: {
      plan: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'id',
        brief: 'Travel exactly this plan; refused when the world has drifted from it',
      },
      approve: {
        kind: 'boolean',
        brief: 'I, --as, approve the plan that comes of this run (exit 6 if I may not)',
      },
      ...signFlags,
      ...waitFlags,
      noQueue: { kind: 'boolean', brief: 'When the lane is held, do not join the line' },
      ...planFlags,
      dryRun: {
        kind: 'boolean',
        brief:
          'Survey and preflight, without the ability to act; takes no lane, saves no plan, says what stays open',
      },
      acknowledge: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        variadic: true,
        placeholder: 'run',
        brief: 'I have seen that this run stopped half-way',
      },
    },
    positional: { kind: 'tuple', parameters: [trainPositional] },
  },
  examples: [
    ['run engine', 'the whole journey; waits for an approval (exit 6)'],
    ['run engine --approve', 'approve it in the same breath, where you may'],
    ['run engine --approve --sign', 'where approvals have to be signed'],
    ['run engine --wait --wait-max 15m', 'wait when another train is on its way'],
    ['run engine --dry-run', 'what it would do, and what stands in its way'],
    ['run engine --only shop', 'leave the other consumers out'],
    ['run engine --version 4.3.0', 'publish nothing; those who lag adopt 4.3.0'],
  ],
}

export const run: CommandRun<Flags, [train: string]> = async (context, flags, train) => {
  const loaded = await loadConfig(context)
  const plan = planOptionsOf(loaded.config, train, flags)
  const waitMsMax = waitMsOf(flags)
  const approve = approveOf(context, flags)
  if (flags.wait && flags.noQueue) {
    throw new ConductError('USAGE', '--wait and --no-queue contradict each other', {
      hint: 'Give one of them.',
    })
  }
  if (flags.dryRun) {
    if (flags.approve || flags.wait || flags.plan !== undefined) {
      throw new ConductError('USAGE', '--dry-run goes without --approve, --wait and --plan', {
        hint: 'It takes no lane and changes nothing.',
      })
    }
    await using estate = await openConductor(context, loaded, { isReadOnly: true })
    const { plan: found, unverified } = await estate.conductor.dryRunTrain(plan)
    return planOutcome(estate, found, { unverified })
  }
  const known = { run: null, isPartWay: false, launcher: launch(context, loaded.address) }
  const inside = { ...context, ...endAtOnceWithWords(context, known) }
  await using estate = await openConductor(inside, loaded)
  const lane = loaded.config.trains.get(train)?.lane
  const looked = { estate, context: inside, names: lane === undefined ? [] : [lane] }
  // What waits behind a pull request that was merged need not wait.
  await lookAtLanes(looked)
  const travel = () =>
    estate.conductor.runTrain({
      ...plan,
      approve,
      waitMsMax,
      ...(flags.plan === undefined ? {} : { plan: flags.plan }),
      ...(flags.noQueue ? { whenHeld: 'fail' } : flags.wait ? { whenHeld: 'queue' } : {}),
      ...(flags.acknowledge === undefined ? {} : { acknowledge: flags.acknowledge }),
    })
  const result = flags.wait ? await whileLooking(looked, travel) : await travel()
  const record = withNextFor(estate, result.record)
  return runOutcome(context, { ...estate, result: { ...result, record } })
}
