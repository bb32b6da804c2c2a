import { ConductError } from '@conduct/core'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { claimPositional, findClaim, lanePositional } from '../../lane/arguments.ts'
import { lineChanged } from '../../lane/captain.ts'

export type Flags = { readonly before?: string; readonly first: boolean }

export const spec: CommandSpec<Flags, [lane: string, claim: string]> = {
  description: ['For captains of the lane: gives a waiting claim another place in line.'],
  parameters: {
    flags: {
      before: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'claim',
        brief: 'Put it right before this claim',
      },
      first: { kind: 'boolean', brief: 'Put it first in line' },
    },
    positional: { kind: 'tuple', parameters: [lanePositional, claimPositional] },
  },
  examples: [
    ['lane move release_train 4f1c --first', 'let it go next'],
    ['lane move release_train 4f1c --before 90ab', 'or before another'],
  ],
}

export const run: CommandRun<Flags, [lane: string, claim: string]> = async (
  context,
  flags,
  name,
  claimStart,
) => {
  const { before, first } = flags
  if (first === (before !== undefined)) {
    throw new ConductError('USAGE', 'say where to: either --first or --before <claim>', {
      hint: 'Help: conduct lane move --help',
    })
  }
  await using estate = await openEstate(context)
  const lane = laneOf(estate, name)
  const claim = await findClaim(lane, claimStart)
  const target = before === undefined ? null : await findClaim(lane, before)
  await lane.move(claim, target === null ? 'first' : { before: target })
  return lineChanged({
    estate,
    lane: name,
    data: { claim, outcome: 'moved', before: target },
    sentence: `${claim} is now ${target === null ? 'first in line' : `before ${target}`} of ${name}.`,
  })
}
