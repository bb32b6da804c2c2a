import type { HistoryRecord } from '@conduct/lanes/engine'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { renewKept } from '../../estate/renew-kept.ts'
import { proceededText } from '../../estate/proceeded.ts'
import type { Style } from '../../output/style.ts'
import { lanePositional } from '../../lane/arguments.ts'
import { timeOfDay } from '../../lane/text.ts'
import { toWireRecord } from '../../lane/wire.ts'
import { countValue } from '../../arguments/values.ts'

export type Flags = { readonly limit: number; readonly verify: boolean }

export const spec: CommandSpec<Flags, [lane: string]> = {
  description: [
    'Every decision about the lane with what it was decided on, newest last; renewals are not recorded. Records are chained by hashes; --verify replays them all and compares the outcome with the lane as it is.',
  ],
  parameters: {
    flags: {
      limit: {
        kind: 'parsed',
        parse: countValue,
        default: '20',
        placeholder: 'count',
        brief: 'How many of the latest records',
      },
      verify: { kind: 'boolean', brief: 'Replay everything and say whether it is intact (exit 1 when not)' },
    },
    positional: { kind: 'tuple', parameters: [lanePositional] },
  },
  examples: [
    ['lane history release_train', 'the latest 20 decisions'],
    ['lane history release_train --verify', 'prove that nothing was changed or lost'],
  ],
}

export const run: CommandRun<Flags, [lane: string]> = async (context, flags, name) => {
  await using estate = await openEstate(context)
  await renewKept({ estate, context })
  const lane = laneOf(estate, name)
  const { document } = await lane.inspect()
  const fromSeq = Math.max(1, document.history.seq - flags.limit + 1)
  const records = await lane.history({ fromSeq, limit: flags.limit })
  const verified = flags.verify ? await lane.verifyHistory() : null
  const isIntact = verified?.isIntact ?? true
  return {
    exit: isIntact ? 0 : 1,
    data: {
      lane: name,
      records: records.map(toWireRecord),
      ...(verified === null
        ? {}
        : { verified: { intact: verified.isIntact, problem: verified.problem, records: verified.records } }),
    },
    text: (style) => {
      const verdict =
        verified === null
          ? ''
          : verified.isIntact
            ? `${style.green('✔')} ${verified.records} records replay to the lane as it is.\n`
            : `${style.red('✖')} the history is not intact: ${verified.problem ?? 'unknown problem'}\n`
      const lines = records.map((record) => recordLine(record, style))
      return `${lines.length === 0 ? `Nothing has happened on lane ${name} yet.\n` : lines.join('')}${verdict}`
    },
  }
}

function recordLine(record: HistoryRecord, style: Style): string {
  const { operation, by } = toWireRecord(record)
  const at = timeOfDay(new Date(record.at.wallMs).toISOString())
  const effects = record.effects.map(({ claim, change, token, resources }) => {
    const covered = resources.length === 0 ? '' : ` {${resources.join(', ')}}`
    return `${claim} ${change}${token === null ? '' : `, token ${token}`}${covered}`
  })
  if (record.operation.kind === 'proceeded') {
    return `${style.dim(`${record.seq}`.padStart(5))}  ${at}  ${proceededText(record.operation.note)}\n`
  }
  const who = by === null ? '' : ` by ${by}`
  return `${style.dim(`${record.seq}`.padStart(5))}  ${at}  ${operation}${who}: ${effects.join('; ') || 'no change'}\n`
}
