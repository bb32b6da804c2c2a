import { ConductError, type Plan, type PlanDiff, type PreflightRow, type Unverified } from '@conduct/core'
import { planDiffToJson, planToJson, renderPlanText } from '@conduct/report'
import type { CommandOutcome } from '../command.ts'
import type { ConductedEstate } from '../estate/open-conductor.ts'

export interface PlanOutcomeOptions {
  /** A dry run, and what it leaves open. */
  readonly unverified?: readonly Unverified[]
  /** What changed since an earlier plan, where that was asked for; null: there was none. */
  readonly diff?: PlanDiff | null
}

/** What a plan comes to: exit 3 when a run of it would be refused in preflight. */
export function planOutcome(
  estate: ConductedEstate,
  plan: Plan,
  options: PlanOutcomeOptions = {},
): CommandOutcome {
  const { train } = plan.basis
  const { unverified, diff } = options
  const isDryRun = unverified !== undefined
  const refused = refusedRows(plan, estate.config.trains.get(train)?.acceptUnknown ?? [])
  const runs = isDryRun ? `run ${train}` : `run ${train} --plan ${plan.id}`
  return {
    exit: refused.length === 0 ? 0 : 3,
    data: {
      plan: planToJson(plan),
      ...(isDryRun ? { dry_run: true, unverified: unverified.map((one) => ({ ...one })) } : {}),
      ...(diff === undefined ? {} : { diff: diff === null ? null : planDiffToJson(diff) }),
    },
    text: () =>
      `${withoutNext(renderPlanText(plan, options))}${isDryRun ? '\nA dry run: nothing was written, not even this plan.\n' : ''}`,
    next: `${estate.launcher} ${refused.length === 0 ? runs : `plan ${train}`}`,
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
