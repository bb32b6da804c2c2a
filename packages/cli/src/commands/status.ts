import { estateToJson, runToJson } from '@conduct/report'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec, NoFlags } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { openStepsText, runSummary } from '../train/run-text.ts'
import { statusText } from '../train/status-text.ts'
import { withNextFor } from '../train/next-of-run.ts'

export const spec: CommandSpec<NoFlags, [run?: string]> = {
  description: [
    'Without a run: what of each train is published, locked by each consumer and deployed; who is behind; who holds the lanes; which runs wait. With a run: how far it is and what comes next. Changes nothing.',
  ],
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: textValue,
          optional: true,
          placeholder: 'run',
          brief: 'Id of a run; the start of it is enough',
        },
      ],
    },
  },
  examples: [
    ['status', 'the estate at a glance'],
    ['status 8f2c', 'one run'],
  ],
}

export const run: CommandRun<NoFlags, [run?: string]> = async (context, _flags, id) => {
  await using estate = await openConductor(context)
  if (id !== undefined) {
    const record = withNextFor(estate, await estate.conductor.readRun(id))
    return {
      exit: 0,
      data: runToJson(record),
      text: (style) =>
        runSummary({ record, held: null, page: null, style, launcher: estate.launcher }) +
        openStepsText(record, style),
      next: record.next,
    }
  }
  const status = await estate.conductor.estateStatus()
  const open = status.runs.find(({ state }) => state !== 'done' && state !== 'aborted')
  return {
    exit: 0,
    data: estateToJson(status),
    text: (style) => statusText(status, style),
    next: open === undefined ? null : `${estate.launcher} status ${open.run}`,
  }
}
