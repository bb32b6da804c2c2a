import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import { type BatchPlan, batchPlanToWire, type TicketRelation } from '@conduct/planner'
import { batchToSarif, renderBatchHtml, renderBatchMarkdown } from '@conduct/report'
import { textValue } from '../../arguments/values.ts'
import { makePlan } from '../../batch/make-plan.ts'
import { flagWords, type PlanFlags, planFlags } from '../../batch/plan-flags.ts'
import { batchPlanText, elsewhereOf } from '../../batch/text.ts'
import type { CommandContext, CommandRun, CommandSpec } from '../../command.ts'
import { launchHere } from '../../estate/launch.ts'
import { version } from '../../version.ts'

export type Flags = PlanFlags & {
  readonly markdown: boolean
  readonly sarif?: string
  readonly html?: string
}

const file = { kind: 'parsed', parse: textValue, optional: true, placeholder: 'file' } as const

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Reads the schema changes of open branches (or of folders), and says which of them can share a turn of the migration lane, in which order, and why. Nothing is written.',
    'What changes the schema beside its migrations is named, too: a schema file that differs from them, statements in rake tasks, seeds and initializers, libraries that bring migrations, models without theirs.',
    'Rails migrations are read by Ruby’s own parser, Postgres SQL by the server’s: plain folders, Flyway, Prisma and Drizzle. What could not be read is named, and gets a turn to itself.',
    'Where a lanes.yaml declares a lane with batching, its rules hold, and what a batch has already (batch write --claim) is left out.',
  ],
  parameters: {
    flags: {
      ...planFlags,
      markdown: { kind: 'boolean', brief: 'Print it for a pull request' },
      sarif: { ...file, brief: 'Write what code review shows at its lines (SARIF 2.1.0)' },
      html: { ...file, brief: 'Write a page: tickets against turns, and what blocks whom' },
    },
  },
  examples: [
    ['batch plan --branch "feature/*"', 'what could share a turn, of all feature branches'],
    ['batch plan --pull-requests shop', 'of all open pull requests of a repo'],
    ['batch plan --tasks', 'of all branches that name an open task'],
    ['batch plan --folder a=sql/a --folder b=sql/b --base-folder sql/done', 'the same, of folders'],
    ['batch plan --branch "*" --statistics rows.json --json', 'for a program, with the sizes of tables'],
    ['batch plan --branch "*" --markdown --sarif plan.sarif', 'for a pull request and its code review'],
    ['batch plan --branch "*" --html plan.html', 'with a picture'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  const { plan, sources, batching, blocked, notRead, pullRequests } = await makePlan(context, flags)
  const { taken, takenProblem } = batching
  const report = {
    plan,
    smuggled: await sources.findSmuggled(),
    baseProblem: sources.baseProblem,
    elsewhere: elsewhereOf({ taken, takenProblem, notRead }),
  }
  const written = [
    ...(await writeOutput(
      context.cwd,
      flags.sarif,
      () => `${JSON.stringify(batchToSarif(report, { version }), null, 2)}\n`,
    )),
    ...(await writeOutput(context.cwd, flags.html, () => renderBatchHtml(report))),
  ]
  return {
    exit: 0,
    data: {
      ...batchPlanToWire(plan),
      taken,
      taken_problem: takenProblem,
      after_taken: blocked,
      smuggled: report.smuggled,
      base_problem: sources.baseProblem,
      not_read: notRead,
      pull_requests: pullRequests,
      written,
    },
    next: flags.markdown
      ? null
      : nextCommand(context, { flags, plan, blocked, configAddress: batching.loaded?.address ?? null }),
    text: (style) => {
      if (flags.markdown) return renderBatchMarkdown(report)
      const files = written.map((each) => `Written: ${each}\n`).join('')
      return batchPlanText(report, { blocked, style }) + files
    },
  }
}

async function writeOutput(
  cwd: string,
  name: string | undefined,
  render: () => string,
): Promise<readonly string[]> {
  if (name === undefined) return []
  const target = path.resolve(cwd, name)
  try {
    await writeFile(target, render())
  } catch (cause) {
    throw new ConductError('OUTPUT_UNWRITABLE', `${target} cannot be written`, { cause })
  }
  return [target]
}

/**
 * To write the first turn that several share, or the first one there is. What waits for code comes last; what waits for another batch,
 * or could not be read, is not offered.
 */
function nextCommand(
  context: CommandContext,
  {
    flags,
    plan,
    blocked,
    configAddress,
  }: {
    readonly flags: Flags
    readonly plan: BatchPlan
    readonly blocked: readonly TicketRelation[]
    readonly configAddress: string | null
  },
): string | null {
  const apart = new Set(blocked.flatMap(({ a, b }) => [a, b]))
  const free = plan.turns.filter(
    ({ tickets, proof }) => proof.outcome === 'same' && !tickets.some((id) => apart.has(id)),
  )
  const ready = free.filter((each) => each.waitsForCode.length === 0)
  const turn = ready.find((each) => each.tickets.length > 1) ?? ready[0] ?? free[0]
  if (turn === undefined || flags.folder !== undefined) return null
  const claim = configAddress === null ? '' : ' --claim'
  return `${launchHere(context, configAddress)} batch write ${turn.id}${flagWords(flags)}${claim}`
}
