import type { CommandRun, CommandSpec } from '../../command.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { claimPositional, findClaim, lanePositional, reasonFlag, untilValue } from '../../lane/arguments.ts'
import { lineChanged } from '../../lane/captain.ts'

export type Flags = { readonly reason: string; readonly until?: number }

export const spec: CommandSpec<Flags, [lane: string, claim?: string]> = {
  description: [
    'For captains of the lane. A paused lane grants nothing new; who holds it keeps it. A paused claim keeps its place and lets others pass.',
  ],
  parameters: {
    flags: {
      reason: reasonFlag,
      until: {
        kind: 'parsed',
        parse: untilValue,
        optional: true,
        placeholder: 'when',
        brief: 'Ends by itself then: 2h, or 2026-05-01T12:00:00Z. Default: until lane unpause',
      },
    },
    positional: { kind: 'tuple', parameters: [lanePositional, { ...claimPositional, optional: true }] },
  },
  examples: [
    ['lane pause release_train --until 2h --reason "registry maintenance"', 'grant nothing for two hours'],
    ['lane pause release_train 4f1c --reason "waits for a review"', 'let others pass one claim'],
  ],
}

export const run: CommandRun<Flags, [lane: string, claim?: string]> = async (
  context,
  flags,
  name,
  claimStart,
) => {
  await using estate = await openEstate(context)
  const lane = laneOf(estate, name)
  const claim = claimStart === undefined ? null : await findClaim(lane, claimStart)
  await lane.pause({
    reason: flags.reason,
    ...(claim === null ? {} : { claim }),
    ...(flags.until === undefined ? {} : { untilMs: flags.until }),
  })
  return lineChanged({
    estate,
    lane: name,
    data: { claim, outcome: 'paused' },
    sentence: `Paused ${claim === null ? name : `claim ${claim} of ${name}`}: ${flags.reason}.`,
  })
}
