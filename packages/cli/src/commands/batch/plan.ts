import { type BatchPlan, batchPlanToWire } from '@conduct/planner'
import { makePlan } from '../../batch/make-plan.ts'
import { flagWords, type PlanFlags, planFlags } from '../../batch/plan-flags.ts'
import { batchPlanText } from '../../batch/text.ts'
import type { CommandContext, CommandRun, CommandSpec } from '../../command.ts'
import { launchHere } from '../../estate/launch.ts'

export type Flags = PlanFlags

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Reads the schema changes of open branches (or of folders), and says which of them can share a turn of the migration lane, in which order, and why. Nothing is written.',
    'Rails migrations are read by Ruby’s own parser, Postgres SQL by the server’s: plain folders, Flyway, Prisma and Drizzle. What could not be read is named, and gets a turn to itself.',
    'Where a lanes.yaml declares a lane with batching, its rules hold, and what a batch has already (batch write --claim) is left out.',
  ],
  parameters: { flags: planFlags },
  examples: [
    ['batch plan --branch "feature/*"', 'what could share a turn, of all feature branches'],
    ['batch plan --folder a=sql/a --folder b=sql/b --base-folder sql/done', 'the same, of folders'],
    ['batch plan --branch "*" --rows rows.json --json', 'for a program, with the sizes of tables'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  const { plan, sources, batching, blocked } = await makePlan(context, flags)
  const { taken, takenProblem } = batching
  return {
    exit: 0,
    data: {
      ...batchPlanToWire(plan),
      taken,
      taken_problem: takenProblem,
      after_taken: blocked,
      base_problem: sources.baseProblem,
    },
    next: nextCommand(context, { flags, plan, configAddress: batching.loaded?.address ?? null }),
    text: (style) =>
      batchPlanText(plan, { baseProblem: sources.baseProblem, taken, takenProblem, blocked, style }),
  }
}

/** To write the first turn that several share, or the first one there is. */
function nextCommand(
  context: CommandContext,
  {
    flags,
    plan,
    configAddress,
  }: { readonly flags: Flags; readonly plan: BatchPlan; readonly configAddress: string | null },
): string | null {
  const turn = plan.turns.find((each) => each.tickets.length > 1) ?? plan.turns[0]
  if (turn === undefined || flags.branch === undefined) return null
  const claim = configAddress === null ? '' : ' --claim'
  return `${launchHere(context, configAddress)} batch write ${turn.id}${flagWords(flags)}${claim}`
}
