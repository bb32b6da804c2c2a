import { tokenValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { lanePositional, reasonFlag } from '../../lane/arguments.ts'
import { lineChanged } from '../../lane/captain.ts'

export type Flags = { readonly token: number; readonly reason: string }

export const spec: CommandSpec<Flags, [lane: string]> = {
  description: [
    'For captains of the lane. Takes it from its holder, who stops at the next renewal or effect. The next in line gets it once that has happened, or after the quiet time of the lane (takeover_delay).',
    'The token must be exactly that of the claim as it stands (lane show): a token that has been outrun is refused.',
  ],
  parameters: {
    flags: {
      token: { kind: 'parsed', parse: tokenValue, placeholder: 'number', brief: 'Token of the claim to end' },
      reason: reasonFlag,
    },
    positional: { kind: 'tuple', parameters: [lanePositional] },
  },
  examples: [
    [
      'lane force-release release_train --token 42 --reason "laptop lost"',
      'take it from whoever has token 42',
    ],
  ],
}

export const run: CommandRun<Flags, [lane: string]> = async (context, flags, name) => {
  await using estate = await openEstate(context)
  const { claim } = await laneOf(estate, name).forceRelease(flags)
  return lineChanged({
    estate,
    lane: name,
    data: { claim, outcome: 'forced', token: flags.token },
    sentence: `Claim ${claim} (token ${flags.token}) was ended by force: ${flags.reason}.`,
  })
}
