import type { LaneStats } from '@conduct/lanes/engine'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { durationValue, textValue } from '../../arguments/values.ts'
import { openEstate, requireLane } from '../../estate/open-estate.ts'
import { renewKept } from '../../estate/renew-kept.ts'
import { candidateStatsText, readCandidateStats, toWireCandidateStats } from '../../lane/candidate-stats.ts'
import { statsText } from '../../lane/stats-text.ts'
import { toWireStats } from '../../lane/stats-wire.ts'

export type Flags = { readonly since: number }

export const spec: CommandSpec<Flags, readonly string[]> = {
  usage: '[<lane>…]',
  description: [
    'Waits, holds, refusals, takeovers, who held it most and for what share of the time; from the history of the lanes that are named, else of all; then also the conflicts that the guard counted in each candidate.',
    'What is still held counts until now. The median hold is what the estimates of lane show rest on; lane show itself looks only at the latest holds, which the lane carries along.',
  ],
  parameters: {
    flags: {
      since: {
        kind: 'parsed',
        parse: durationValue,
        default: '30d',
        placeholder: 'duration',
        brief: 'How far to look back',
      },
    },
    positional: {
      kind: 'array',
      parameter: { parse: textValue, placeholder: 'lane', brief: 'Names of lanes in lanes.yaml' },
    },
  },
  examples: [
    ['lane stats', 'every lane, the last 30 days'],
    ['lane stats release_train --since 7d', 'one lane, the last week'],
  ],
}

export const run: CommandRun<Flags, readonly string[]> = async (context, { since }, ...names) => {
  await using estate = await openEstate(context)
  await renewKept({ estate, context })
  for (const name of names) requireLane(estate.config, name)
  const asked = names.length === 0 ? [...estate.config.lanes.keys()] : [...new Set(names)]
  const lanes: { readonly lane: string; readonly stats: LaneStats }[] = []
  for (const lane of asked) {
    lanes.push({ lane, stats: await estate.lanes.lane(lane).stats({ windowMs: since }) })
  }
  const candidates = names.length === 0 ? await readCandidateStats(estate, { windowMs: since }) : null
  return {
    exit: 0,
    data: {
      lanes: lanes.map(({ lane, stats }) => toWireStats(lane, stats)),
      ...(candidates === null ? {} : { candidates: candidates.map(toWireCandidateStats) }),
    },
    text: (style) => {
      const ofLanes = lanes.map(({ lane, stats }) => statsText(lane, stats, style))
      const none = lanes.length === 0 ? [`${estate.configAddress} declares no lanes.\n`] : []
      const beside = (candidates ?? []).map((each) => candidateStatsText(each, style))
      return [...ofLanes, ...none, ...beside].join('\n')
    },
  }
}
