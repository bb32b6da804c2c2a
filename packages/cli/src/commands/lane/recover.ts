import { exitCodes, formatDuration, isConductError } from '@conduct/core'
import type { Lane, Recovery } from '@conduct/lanes/engine'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { laneOf, openEstate } from '../../estate/open-estate.ts'
import { optionalLanePositional, reasonFlag } from '../../lane/arguments.ts'
import { resourcesText } from '../../lane/text.ts'

export type Flags = { readonly reason: string; readonly force?: boolean }

export const spec: CommandSpec<Flags, [lane?: string]> = {
  description: [
    'For captains, after a store went back (a restored backup, a failover that lost writes) and conduct refuses it with STORE_BEHIND. Whatever is held is ended, the line stays, and tokens go on above all that were ever granted; nothing is granted during the quiet time of the lane (takeover_delay), in which holders find out whom the store forgot. Without a lane: all of them.',
    'A lane that did not go back stays as it is. When somebody else was refused and nothing shows it here: --force.',
  ],
  parameters: {
    flags: {
      reason: reasonFlag,
      force: {
        kind: 'boolean',
        optional: true,
        brief: 'Although nothing here shows that the store went back',
      },
    },
    positional: { kind: 'tuple', parameters: [optionalLanePositional] },
  },
  examples: [
    ['lane recover --reason "backup of last night"', 'every lane that went back'],
    ['lane recover release_train --reason "failover" --force', 'one lane, on the word of somebody else'],
  ],
}

type Result = { readonly lane: string } & (Recovery | { readonly outcome: 'not_captain' })

export const run: CommandRun<Flags, [lane?: string]> = async (context, flags, name) => {
  await using estate = await openEstate(context)
  const results: Result[] = []
  if (name === undefined) {
    for (const each of estate.lanes.names()) results.push(await recoverOrSkip(estate.lanes.lane(each), flags))
  } else {
    results.push({ lane: name, ...(await laneOf(estate, name).recover(flags)) })
  }
  const isRefused = results.some(({ outcome }) => outcome === 'not_captain')
  return {
    exit: isRefused ? exitCodes.approval : exitCodes.done,
    ok: !isRefused,
    data: { lanes: results.map(toWire) },
    text: () => results.map((result) => `${resultText(result)}\n`).join(''),
    next: `${estate.launcher} lane list`,
  }
}

/** One lane after the other: what its captain has to do does not keep others from going on. */
async function recoverOrSkip(lane: Lane, flags: Flags): Promise<Result> {
  try {
    return { lane: lane.name, ...(await lane.recover(flags)) }
  } catch (error) {
    if (!isConductError(error, 'NOT_CAPTAIN')) throw error
    return { lane: lane.name, outcome: 'not_captain' }
  }
}

function toWire(result: Result) {
  const { lane, outcome } = result
  if (outcome === 'not_captain') return { lane, outcome }
  const { because, epoch, ended, waiting, quietMs } = result
  return { lane, outcome, because, epoch, ended, waiting, quiet_s: Math.round(quietMs / 1000) }
}

function resultText(result: Result): string {
  const { lane, outcome } = result
  switch (outcome) {
    case 'not_captain':
      return `${lane}: only a captain of the lane can recover it.`
    case 'unchanged':
      return `${lane}: nothing to recover: it is not behind what was seen of it here.`
    case 'recovered': {
      const ended = result.ended.map(({ holder, resources }) => `${holder} ${resourcesText(resources)}`)
      const was = ended.length === 0 ? 'nobody held it' : `ended: ${ended.join('; ')}`
      const why = result.because === null ? '' : ` (${result.because})`
      const line = result.waiting === 0 ? '' : `; ${result.waiting} kept their place in line`
      const quiet = result.quietMs === 0 ? '' : `; nothing is granted for ${formatDuration(result.quietMs)}`
      return `${lane}: recovered${why}; ${was}${line}${quiet}.`
    }
    default:
      return outcome satisfies never
  }
}
