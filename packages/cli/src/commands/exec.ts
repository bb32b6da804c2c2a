import { constants } from 'node:os'
import { execUnderLane } from '@conduct/conductor'
import { ConductError, exitCodes } from '@conduct/core'
import { textValue } from '../arguments/values.ts'
import type { CommandOutcome, CommandRun, CommandSpec } from '../command.ts'
import { loadConfig } from '../estate/load-config.ts'
import { openEstate, requireLane } from '../estate/open-estate.ts'
import { claimedResources, projectFlag, repoFlag } from '../lane/arguments.ts'
import { notGranted } from '../lane/answer.ts'
import { lookAtLanes } from '../lane/look.ts'
import { type WaitFlags, waitFlags, waitMsOf } from '../train/arguments.ts'

export type Flags = WaitFlags & {
  readonly repo?: readonly string[]
  readonly project?: string
  readonly task?: string
}

export const spec: CommandSpec<Flags, readonly string[]> = {
  usage: '<lane> [flags] -- <command>…',
  description: [
    'Takes the lane, runs the command with the lease kept alive, and gives the lane back. The command gets the terminal as it is; CONDUCT_CLAIM and CONDUCT_TOKEN are in its environment. A supervisor stops its process group before the lease can lapse, even when conduct itself is killed.',
    'When the lane is held the command does not run, no place is left (exit 10), unless --wait. Once it ran, its exit code is passed on; 11 when the lease was lost.',
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
    ['exec release_train --repo engine --wait --wait-max 10m -- ./publish-docs', 'wait for the turn first'],
  ],
}

const SIGNAL_EXIT_BASE = 128

export const run: CommandRun<Flags, readonly string[]> = async (context, flags, name = '', ...argv) => {
  const waitMsMax = waitMsOf(flags)
  const loaded = await loadConfig(context)
  requireLane(loaded.config, name)
  const resources = claimedResources(loaded.config, { ...flags, lane: name })
  await using estate = await openEstate(context, loaded)
  await lookAtLanes({ estate, context, names: [name] })
  await context.handOverTerminal()
  const result = await execUnderLane({
    lane: estate.lanes.lane(name),
    claim: {
      resources,
      waitMsMax,
      whenHeld: flags.wait ? 'queue' : 'fail',
      signal: context.signal,
      ...(flags.task === undefined ? {} : { task: flags.task }),
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

/** Once it ran, the command's exit code is ours: a shell cannot tell the difference. */
function passedOn(
  data: object,
  end: { readonly commandExit: number | null; readonly signal: string | null },
): CommandOutcome {
  const signals: Readonly<Record<string, number | undefined>> = constants.signals
  const exit = end.commandExit ?? SIGNAL_EXIT_BASE + (signals[end.signal ?? ''] ?? 0)
  return { exit, ok: exit === 0, data, text: () => '' }
}
