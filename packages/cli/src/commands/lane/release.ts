import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { openClaims } from '../../estate/claims.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { renewKept } from '../../estate/renew-kept.ts'
import { lanePositional } from '../../lane/arguments.ts'

export const spec: CommandSpec<NoFlags, [lane: string]> = {
  description: [
    'By the holder. The lane goes to the next in line. Releasing what you do not hold changes nothing, says so and exits 0.',
  ],
  parameters: { positional: { kind: 'tuple', parameters: [lanePositional] } },
  examples: [['lane release release_train', 'hand it back']],
}

export const run: CommandRun<NoFlags, [lane: string]> = async (context, _flags, name) => {
  await using estate = await openEstate(context)
  await renewKept({ estate, context })
  const lane = laneOf(estate, name)
  const claims = openClaims({ estate, context })
  const released: string[] = []
  for (const proof of await claims.proofs(lane)) {
    if ((await lane.release(proof)) !== 'released') continue
    released.push(proof.claim)
    claims.forget(name, proof)
  }
  const outcome = released.length > 0 ? 'released' : 'not_held'
  return {
    exit: 0,
    data: { lane: name, outcome, claims: released },
    text: () =>
      outcome === 'released'
        ? `Released ${name}.\n`
        : `You (${estate.identity.holder}) do not hold ${name} from here; nothing changed.\n`,
    next: outcome === 'released' ? null : `${estate.launcher} lane show ${name}`,
  }
}
