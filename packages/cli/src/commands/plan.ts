import { ConductError, type Plan, type PreflightRow } from '@conduct/core'
import { planToJson, renderPlanText } from '@conduct/report'
import type { CommandRun, CommandSpec } from '../command.ts'
import { loadConfig } from '../estate/load-config.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { type PlanFlags, planFlags, planOptionsOf, trainPositional } from '../train/arguments.ts'

export type Flags = PlanFlags

export const spec: CommandSpec<Flags, [train: string]> = {
  description: [
    'Surveys and preflights without taking the lane, and saves the plan for 24 hours, so that somebody can approve it before the run. Changes nothing anywhere. With something red or unknown in preflight it exits 3, and says all of it at once.',
  ],
  parameters: { flags: planFlags, positional: { kind: 'tuple', parameters: [trainPositional] } },
  examples: [
    ['plan engine', 'what a run would do, and what stands in its way'],
    ['plan engine --json', 'for a program'],
    [
      'plan engine --override checkout:shop --reason "my sandbox"',
      'with one red row overridden, on the record',
    ],
  ],
}

export const run: CommandRun<Flags, [train: string]> = async (context, flags, train) => {
  const loaded = await loadConfig(context)
  const options = planOptionsOf(loaded.config, train, flags)
  await using estate = await openConductor(context, loaded)
  const plan = await estate.conductor.planTrain(options)
  const refused = refusedRows(plan, estate.config.trains.get(train)?.acceptUnknown ?? [])
  const next = refused.length === 0 ? `${estate.launcher} run ${train} --plan ${plan.id}` : null
  return {
    exit: refused.length === 0 ? 0 : 3,
    data: { plan: planToJson(plan) },
    text: () => withoutNext(renderPlanText(plan)),
    next: next ?? `${estate.launcher} plan ${train}`,
    ...(refused.length === 0 ? {} : { error: refusal(refused) }),
  }
}

interface RefusedRow extends PreflightRow {
  readonly repo: string
}

/** Red without an override, or unknown without having been accepted by name: a run would be refused. */
function refusedRows(plan: Plan, acceptUnknown: readonly string[]): readonly RefusedRow[] {
  return plan.repos.flatMap(({ repo, preflight }) =>
    preflight
      .filter(({ verdict, overridden, check }) => {
        if (verdict === 'red') return overridden !== true
        return verdict === 'unknown' && !acceptUnknown.includes(check)
      })
      .map((row) => ({ ...row, repo })),
  )
}

function refusal(rows: readonly RefusedRow[]): ConductError {
  const lines = rows.map(({ verdict, check, repo, detail }) => `  ${verdict} ${check}:${repo}: ${detail}`)
  const reds = rows.filter(({ verdict }) => verdict === 'red').length
  return new ConductError(
    'PREFLIGHT_REFUSED',
    [`preflight: ${reds} red, ${rows.length - reds} unknown`, ...lines].join('\n'),
  )
}

/** The last line is printed for every command alike. */
function withoutNext(text: string): string {
  return text.replace(/\n+Next: [^\n]*\n$/, '\n')
}
