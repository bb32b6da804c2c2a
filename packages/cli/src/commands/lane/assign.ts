import { formatDuration } from '@conduct/core'
import { durationValue, textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { loadConfig } from '../../estate/load-config.ts'
import { openEstate, requireLane } from '../../estate/open-estate.ts'
import { claimedResources, lanePositional, projectFlag, repoFlag } from '../../lane/arguments.ts'
import { lineChanged } from '../../lane/captain.ts'
import { resourcesText } from '../../lane/text.ts'

export type Flags = {
  readonly to: string
  readonly for: number
  readonly repo?: readonly string[]
  readonly project?: string
}

export const spec: CommandSpec<Flags, [lane: string]> = {
  description: [
    'For captains of the lane: lets somebody hold it who otherwise may not. They take it with lane acquire, as themselves.',
  ],
  parameters: {
    flags: {
      to: { kind: 'parsed', parse: textValue, placeholder: 'holder', brief: 'Who: agent:carl-3, cli:zoe' },
      for: { kind: 'parsed', parse: durationValue, placeholder: 'duration', brief: 'How long it stands: 2h' },
      repo: repoFlag,
      project: projectFlag,
    },
    positional: { kind: 'tuple', parameters: [lanePositional] },
  },
  examples: [['lane assign release_train --to agent:zoe-1 --for 2h --repo engine', 'for two hours']],
}

export const run: CommandRun<Flags, [lane: string]> = async (context, flags, name) => {
  const loaded = await loadConfig(context)
  requireLane(loaded.config, name)
  const resources = claimedResources(loaded.config, { ...flags, lane: name })
  await using estate = await openEstate(context, loaded)
  const lane = estate.lanes.lane(name)
  const { claim } = await lane.assign({ holder: flags.to, resources, forMs: flags.for })
  return lineChanged({
    estate,
    lane: name,
    data: { claim, outcome: 'assigned', to: flags.to, resources, for_s: flags.for / 1000 },
    sentence: `${name} ${resourcesText(resources)} is assigned to ${flags.to} for ${formatDuration(flags.for)} (claim ${claim}).`,
  })
}
