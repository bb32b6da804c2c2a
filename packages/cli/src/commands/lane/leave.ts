import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { openClaims } from '../../estate/claims.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { renewKept } from '../../estate/renew-kept.ts'
import { lanePositional } from '../../lane/arguments.ts'

export const spec: CommandSpec<NoFlags, [lane: string]> = {
  description: [
    'By the waiter: gives up the place in line. Where you do not wait, nothing changes and it says so.',
  ],
  parameters: { positional: { kind: 'tuple', parameters: [lanePositional] } },
  examples: [['lane leave release_train', 'do not wait any longer']],
}

export const run: CommandRun<NoFlags, [lane: string]> = async (context, _flags, name) => {
  await using estate = await openEstate(context)
  await renewKept({ estate, context })
  const lane = laneOf(estate, name)
  const claims = openClaims({ estate, context })
  const left: string[] = []
  for (const proof of await claims.proofs(lane)) {
    if ((await lane.leave(proof)) !== 'left') continue
    left.push(proof.claim)
    claims.forget(name, proof)
  }
  const outcome = left.length > 0 ? 'left' : 'not_waiting'
  return {
    exit: 0,
    data: { lane: name, outcome, claims: left },
    text: () =>
      outcome === 'left'
        ? `You left the line of ${name}.\n`
        : `You (${estate.identity.holder}) are not in the line of ${name} from here; nothing changed.\n`,
    next: outcome === 'left' ? null : `${estate.launcher} lane show ${name}`,
  }
}
