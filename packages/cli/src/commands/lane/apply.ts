import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { toLaneDefinition } from '../../estate/lane-definition.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { optionalLanePositional } from '../../lane/arguments.ts'

export const spec: CommandSpec<NoFlags, [lane?: string]> = {
  description: [
    "For captains. A lane's definition is kept in the store, and that one decides: a branch with another limit cannot change the rules under a holder. This replaces it with what lanes.yaml says. Without a lane: all of them.",
  ],
  parameters: { positional: { kind: 'tuple', parameters: [optionalLanePositional] } },
  examples: [
    ['lane apply', 'after a change to lanes.yaml was merged'],
    ['lane apply release_train', 'one lane only'],
  ],
}

export const run: CommandRun<NoFlags, [lane?: string]> = async (context, _flags, name) => {
  await using estate = await openEstate(context)
  const lanes =
    name === undefined
      ? [...estate.config.lanes.keys()].map((each) => estate.lanes.lane(each))
      : [laneOf(estate, name)]
  const results: { readonly lane: string; readonly outcome: 'applied' | 'unchanged' }[] = []
  for (const lane of lanes) {
    const declared = estate.config.lanes.get(lane.name)
    if (declared === undefined) continue
    results.push({ lane: lane.name, outcome: await lane.apply(toLaneDefinition(declared)) })
  }
  return {
    exit: 0,
    data: { lanes: results },
    text: () => results.map(({ lane, outcome }) => `${lane}: ${outcome}.\n`).join(''),
    next: `${estate.launcher} lane list`,
  }
}
