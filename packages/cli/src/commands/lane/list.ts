import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { openEstate } from '../../estate/open-estate.ts'
import { table } from '../../help/table.ts'
import { lookAtLanes } from '../../lane/look.ts'
import { laneSummary } from '../../lane/text.ts'
import { toWireLane } from '../../lane/wire.ts'

export const spec: CommandSpec<NoFlags, []> = {
  description: ['Who holds each lane of lanes.yaml, for what, and how many are in line.'],
  parameters: {},
  examples: [['lane list', 'all lanes at a glance']],
}

export const run: CommandRun<NoFlags, []> = async (context) => {
  await using estate = await openEstate(context)
  const names = [...estate.config.lanes.keys()]
  const views = await lookAtLanes({ estate, context, names })
  const busy = views.find((view) => view.holders.length > 0 || view.waiting.length > 0)
  return {
    exit: 0,
    data: { lanes: views.map(toWireLane) },
    text: (style) =>
      views.length === 0
        ? `${estate.configAddress} declares no lanes.\n`
        : table(
            views.map((view) => [view.lane, laneSummary(view, style)]),
            style,
          ),
    next: busy === undefined ? null : `${estate.launcher} lane show ${busy.lane}`,
  }
}
