import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { openClaims } from '../../estate/claims.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { optionalLanePositional } from '../../lane/arguments.ts'
import { timeOfDay } from '../../lane/text.ts'

export const spec: CommandSpec<NoFlags, [lane?: string]> = {
  description: [
    'By the holder: the lease starts anew from now. Without a lane: everything you hold from here.',
  ],
  parameters: { positional: { kind: 'tuple', parameters: [optionalLanePositional] } },
  examples: [
    ['lane renew', 'keep everything you hold from this folder'],
    ['lane renew backend_migration', 'keep one lane'],
  ],
}

export const run: CommandRun<NoFlags, [lane?: string]> = async (context, _flags, name) => {
  await using estate = await openEstate(context)
  const claims = openClaims({ estate, context })
  const lanes =
    name === undefined
      ? [...estate.config.lanes.keys()].map((each) => estate.lanes.lane(each))
      : [laneOf(estate, name)]
  const renewed: {
    readonly lane: string
    readonly claim: string
    readonly token: number
    readonly expires_at: string
  }[] = []
  for (const lane of lanes) {
    const proofs = await claims.proofs(lane)
    if (proofs.length === 0) continue
    const { holders, waiting } = await lane.inspect()
    for (const proof of proofs) {
      const isMine = ({ claim }: { readonly claim: string }) => claim === proof.claim
      // A place in line is not renewed; a lease that was lost is news to whoever asks for this lane.
      if (waiting.some(isMine) || (name === undefined && !holders.some(isMine))) continue
      const { expiresAt, token } = await lane.renew(proof)
      renewed.push({ lane: lane.name, claim: proof.claim, token, expires_at: expiresAt })
    }
  }
  return {
    exit: 0,
    data: { renewed },
    text: () =>
      renewed.length === 0
        ? `You (${estate.identity.holder}) ${name === undefined ? 'hold no lane' : `do not hold ${name}`} from here; nothing changed.\n`
        : renewed
            .map(
              (entry) =>
                `${entry.lane} is yours until ${timeOfDay(entry.expires_at)} (token ${entry.token}).\n`,
            )
            .join(''),
    next: renewed.length === 0 ? `${estate.launcher} lane list` : null,
  }
}
