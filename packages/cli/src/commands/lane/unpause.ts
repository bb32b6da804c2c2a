import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { claimPositional, findClaim, lanePositional } from '../../lane/arguments.ts'
import { lineChanged } from '../../lane/captain.ts'

export const spec: CommandSpec<NoFlags, [lane: string, claim?: string]> = {
  description: ['For captains of the lane: ends a pause of the lane, or of one claim.'],
  parameters: {
    positional: { kind: 'tuple', parameters: [lanePositional, { ...claimPositional, optional: true }] },
  },
  examples: [
    ['lane unpause release_train', 'go on granting'],
    ['lane unpause release_train 4f1c', 'one claim takes part again'],
  ],
}

export const run: CommandRun<NoFlags, [lane: string, claim?: string]> = async (
  context,
  _flags,
  name,
  claimStart,
) => {
  await using estate = await openEstate(context)
  const lane = laneOf(estate, name)
  const claim = claimStart === undefined ? null : await findClaim(lane, claimStart)
  await lane.unpause(claim === null ? {} : { claim })
  return lineChanged({
    estate,
    lane: name,
    data: { claim, outcome: 'unpaused' },
    sentence: `${claim === null ? name : `Claim ${claim} of ${name}`} is not paused any more.`,
  })
}
