import { constants } from 'node:os'
import { execUnderLane, runWithoutLane } from '@conduct/conductor'
import { ConductError, exitCodes } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandContext, CommandOutcome, CommandRun, CommandSpec } from '../command.ts'
import { resolveIdentity } from '../estate/identity.ts'
import { type LoadedConfig, loadConfig } from '../estate/load-config.ts'
import { type Estate, openEstate, requireLane } from '../estate/open-estate.ts'
import { noteProceeded } from '../estate/proceeded.ts'
import { goesOnWithout, type StoreAway, storeAway } from '../estate/store-policy.ts'
import { claimedResources, keyFlag, projectFlag, repoFlag } from '../lane/arguments.ts'
import { notGranted } from '../lane/answer.ts'
import { lookAtLanes } from '../lane/look.ts'
import { type WaitFlags, waitFlags, waitMsOf } from '../train/arguments.ts'

export type Flags = WaitFlags & {
  readonly repo?: readonly string[]
  readonly project?: string
  readonly task?: string
  readonly key?: string
}

export const spec: CommandSpec<Flags, readonly string[]> = {
  usage: '<lane> [flags] -- <command>…',
  description: [
    'Takes the lane, runs the command with the lease kept alive, and gives the lane back. The command gets the terminal as it is; CONDUCT_CLAIM and CONDUCT_TOKEN are in its environment. A supervisor stops its process group before the lease can lapse, even when conduct itself is killed.',
    'When the lane is held the command does not run, no place is left (exit 10), unless --wait. Once it ran, its exit code is passed on; 11 when the lease was lost.',
    'With --key, the command runs once, however often the same thing triggers it: whoever comes while it waits or runs, or after it ended with 0, steps aside (outcome skipped, because coalesced, exit 0). A command that failed, or was killed, makes the key free again.',
    'Where the store cannot be reached that is exit 30, unless the lane has store_policy: open: then the command runs without the lane (outcome store_unreachable), which is said, noted, and brought into the history of the lane later. Plain sqlite in a CI job is no store (store_disabled): there what can be undone runs.',
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
      key: keyFlag,
      ...waitFlags,
    },
    positional: {
      kind: 'array',
      minimum: 2,
      parameter: {
        parse: String,
        placeholder: 'lane and command',
        brief: 'Name of the lane, then -- and the command with its own arguments',
      },
    },
  },
  examples: [
    ['exec backend_migration --repo shop -- bin/rails db:migrate', 'hold it just while a command runs'],
    [
      'exec backend_migration --repo shop --key push:shop:4f2a91c -- bin/migrate',
      'once, however often it is triggered',
    ],
    ['exec release_train --repo engine --wait --wait-max 10m -- ./publish-docs', 'wait for the turn first'],
  ],
}

const SIGNAL_EXIT_BASE = 128

export const run: CommandRun<Flags, readonly string[]> = async (context, flags, name = '', ...argv) => {
  const waitMsMax = waitMsOf(flags)
  const loaded = await loadConfig(context)
  requireLane(loaded.config, name)
  const resources = claimedResources(loaded.config, { ...flags, lane: name })
  try {
    await using estate = await openEstate(context, loaded)
    await lookAtLanes({ estate, context, names: [name] })
    await context.handOverTerminal()
    return await underLane(context, { estate, flags, name, resources, waitMsMax, argv })
  } catch (error) {
    // Once the command runs, the lease is what can be lost, and no more the store.
    const found = storeAway(error)
    if (found === null || !goesOnWithout(loaded.config, name, found.away)) throw error
    return withoutLane(context, { loaded, ...found, name, resources, argv })
  }
}

interface Asked {
  readonly name: string
  readonly resources: readonly string[]
  readonly argv: readonly string[]
}

async function underLane(
  context: CommandContext,
  {
    estate,
    flags,
    waitMsMax,
    name,
    resources,
    argv,
  }: Asked & { readonly estate: Estate; readonly flags: Flags; readonly waitMsMax: number },
): Promise<CommandOutcome> {
  const result = await execUnderLane({
    lane: estate.lanes.lane(name),
    claim: {
      resources,
      waitMsMax,
      whenHeld: flags.wait ? 'queue' : 'fail',
      signal: context.signal,
      ...(flags.task === undefined ? {} : { task: flags.task }),
      ...(flags.key === undefined ? {} : { key: flags.key }),
    },
    argv,
    cwd: context.cwd,
    env: context.env,
    stdout: context.global.json ? 'stderr' : 'inherit',
  })
  if (!result.ran) {
    const answer = notGranted({
      name,
      self: estate.identity.holder,
      result: result.answer,
      next: `${estate.launcher} lane show ${name}`,
    })
    return { ...answer, data: { ...answer.data, ran: false, command_exit: null, signal: null } }
  }
  const { claim, token, commandExit, signal, lost } = result
  const data = {
    lane: name,
    outcome: 'granted',
    claim,
    resources,
    token,
    ran: true,
    command_exit: commandExit,
    signal,
  }
  if (lost !== null) {
    const error = new ConductError(lost.code, lost.message, {
      hint: lost.hint,
      exit: exitCodes.leaseLost,
      details: { document: data },
    })
    throw error
  }
  return passedOn(data, { commandExit, signal })
}

/** lanes.yaml lets it go on where the store is away: said, noted, and nobody's turn. */
async function withoutLane(
  context: CommandContext,
  {
    loaded,
    away,
    problem,
    name,
    resources,
    argv,
  }: Asked & { readonly loaded: LoadedConfig; readonly away: StoreAway; readonly problem: ConductError },
): Promise<CommandOutcome> {
  const { global, cwd, env } = context
  const people = new Set(loaded.config.people.keys())
  const by = resolveIdentity({ as: global.as, cwd, env, people }).holder
  const work = { lane: name, work: 'exec', by, resources, matches: argv.slice(0, 1) } as const
  const unnoted = away === 'disabled' ? null : noteProceeded(context, loaded, [work])
  const noted = unnoted === null ? 'noted for its history' : `not noted: ${unnoted.replace(/\.$/, '')}`
  const said =
    away === 'disabled'
      ? `The store is disabled here, so ${argv[0] ?? ''} runs without lane ${name}; what it does can be undone.`
      : `The store could not be reached, so ${argv[0] ?? ''} runs without lane ${name} (store_policy: open; ${noted}): ${problem.message}`
  context.emit({ type: 'warning', code: problem.code, message: said })
  await context.handOverTerminal()
  const stdout = global.json ? 'stderr' : 'inherit'
  const { exitCode, signal } = await runWithoutLane({ argv, cwd, env, stdout })
  const data = {
    lane: name,
    outcome: away === 'disabled' ? 'store_disabled' : 'store_unreachable',
    claim: null,
    resources,
    token: null,
    ran: true,
    command_exit: exitCode,
    signal,
    ...(away === 'disabled' ? {} : { noted: unnoted === null }),
  }
  return passedOn(data, { commandExit: exitCode, signal })
}

/** Once it ran, the command's exit code is ours: a shell cannot tell the difference. */
function passedOn(
  data: object,
  end: { readonly commandExit: number | null; readonly signal: string | null },
): CommandOutcome {
  const signals: Readonly<Record<string, number | undefined>> = constants.signals
  const exit = end.commandExit ?? SIGNAL_EXIT_BASE + (signals[end.signal ?? ''] ?? 0)
  return { exit, ok: exit === 0, data, text: () => '' }
}
