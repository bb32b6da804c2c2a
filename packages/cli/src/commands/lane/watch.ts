import { type ConductError, isConductError } from '@conduct/core'
import { type LaneView, systemClock } from '@conduct/lanes/engine'
import { durationValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { openEstate, requireLane } from '../../estate/open-estate.ts'
import { lanePositional } from '../../lane/arguments.ts'
import { boardText } from '../../lane/text.ts'
import { toWireLane } from '../../lane/wire.ts'

export type Flags = { readonly for?: number; readonly every?: number }

const everyMsMin = 1000

export const spec: CommandSpec<Flags, readonly string[]> = {
  description: [
    'Holders, lines and estimates of all lanes, or of those that are named, as they change, until Ctrl-C. It only looks: nothing is renewed, and nobody is asked who they are.',
    'On a terminal it takes the whole screen and gives it back. Elsewhere each state that differs is printed below the one before; with --json there is one document, the last state, when it ends.',
    'While the store cannot be reached, the last state stays, with since when it is not known any more.',
  ],
  parameters: {
    flags: {
      for: {
        kind: 'parsed',
        parse: durationValue,
        optional: true,
        placeholder: 'duration',
        brief: 'End after that long; otherwise with Ctrl-C',
      },
      every: {
        kind: 'parsed',
        parse: durationValue,
        optional: true,
        placeholder: 'duration',
        brief:
          'How often to look, 1s or more; otherwise as often as the store should be asked (1s, 30s at a forge)',
      },
    },
    positional: { kind: 'array', parameter: lanePositional },
  },
  examples: [
    ['lane watch', 'all lanes, live'],
    ['lane watch release_train --for 10m', 'one lane, for ten minutes'],
  ],
}

export const run: CommandRun<Flags, readonly string[]> = async (context, flags, ...asked) => {
  await using estate = await openEstate(context, undefined, { isReadOnly: true })
  for (const name of asked) requireLane(estate.config, name)
  const names = asked.length === 0 ? [...estate.config.lanes.keys()] : [...new Set(asked)]
  const everyMs = Math.max(flags.every ?? estate.store.pollMs, everyMsMin)
  const endMs = systemClock.monotonicMs() + (flags.for ?? Number.POSITIVE_INFINITY)
  const look = () => Promise.all(names.map((name) => estate.lanes.lane(name).inspect()))

  let views: readonly LaneView[] = await look()
  let lost: { readonly since: Date; readonly error: ConductError } | null = null
  await context.handOverTerminal()
  using board = context.openBoard()
  for (;;) {
    board.show((style) => boardText({ estate: estate.config.estate, views, lost }, style))
    const leftMs = endMs - systemClock.monotonicMs()
    if (leftMs <= 0 || !(await slept(Math.min(everyMs, leftMs), context.signal))) break
    try {
      views = await look()
      lost = null
    } catch (error) {
      if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
      lost ??= { since: new Date(), error }
    }
  }
  return { exit: 0, data: { lanes: views.map(toWireLane) }, text: () => '' }
}

/** False when it was asked to end instead. */
async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  try {
    await systemClock.sleep(ms, signal)
    return true
  } catch (error) {
    if (!signal.aborted) throw error
    return false
  }
}
