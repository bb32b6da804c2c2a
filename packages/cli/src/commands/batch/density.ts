import { makePlan } from '../../batch/make-plan.ts'
import { type PlanFlags, planFlags } from '../../batch/plan-flags.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'

export type Flags = PlanFlags

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Counts the schema changes among the work in flight (all branches that match), and says whether it is time to batch: two tickets that can share a turn wait. It says, too, when schema changes are more than the lane’s density_warning of at least 5 in flight, and when batching saves more than 8 hours of waiting.',
  ],
  parameters: { flags: planFlags },
  examples: [
    ['batch density --branch "feature/*"', 'whether it is time to batch'],
    ['batch density --branch "feature/*" --json', 'for a bot that tells the captain'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  const { plan, input, sources, batching } = await makePlan(context, flags)
  const { density, saved, turns, serialTurns } = plan
  const { densityWarning, inFlightMin, savedHoursWarning } = input.policy
  return {
    exit: 0,
    data: {
      migrations: density.migrations,
      in_flight: density.inFlight,
      ratio: density.ratio,
      advice: density.advice,
      batch_now: density.isNow,
      because: density.because,
      turns: turns.length,
      serial_turns: serialTurns,
      saved: { turns: saved.turns, waiting_hours: saved.waitingHours },
      limits: { ratio: densityWarning, in_flight: inFlightMin, waiting_hours: savedHoursWarning },
      taken: batching.taken.length,
      taken_problem: batching.takenProblem,
      base_problem: sources.baseProblem,
    },
    text: (style) => {
      const head = density.isNow ? style.yellow('Batch now.') : 'Nothing to batch.'
      const rows = [
        ['in flight', String(density.inFlight), ''],
        [
          'change the schema',
          String(density.migrations),
          `${Math.round(density.ratio * 100)} %, warning above ${Math.round(densityWarning * 100)} % of at least ${inFlightMin}`,
        ],
        ['turns', `${turns.length} instead of ${serialTurns}`, ''],
        ['waiting saved', `${saved.waitingHours} h`, `warning above ${savedHoursWarning} h`],
        [
          'in a batch already',
          batching.takenProblem === null ? String(batching.taken.length) : 'not known',
          batching.takenProblem ?? '',
        ],
      ] as const
      const table = rows
        .map(
          ([name, value, note]) =>
            `  ${name.padEnd(20)}${value}${note === '' ? '' : `  ${style.dim(note)}`}\n`,
        )
        .join('')
      const because = density.because.map((each) => `  ${each}\n`).join('')
      return `${head}\n${because}${because === '' ? '' : '\n'}${table}`
    },
  }
}
