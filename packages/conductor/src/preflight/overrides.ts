import { ConductError, type Override, type PreflightRow } from '@conduct/core'
import { rows } from './rows.ts'

/**
 * @param repos that travel with this train, by name.
 * @throws ConductError OVERRIDE_UNKNOWN (2) for a check or repo this train does not have, a missing reason, or a
 *   check that is never overridden
 */
export function requireKnownOverrides(overrides: readonly Override[], repos: readonly string[]): void {
  const checks = rows.filter((row) => row.isNeverOverridden !== true).map(({ check }) => check)
  const refuse = (message: string, hint: string) => {
    throw new ConductError('OVERRIDE_UNKNOWN', message, { hint })
  }
  for (const { check, repo, reason } of overrides) {
    const name = `${check}:${repo}`
    if (check === 'integrity') refuse(`${name}: integrity is never overridden`, 'Release another version.')
    if (rows.some((row) => row.check === check && row.isNeverOverridden === true)) {
      refuse(`${name}: ${check} is never overridden`, 'Change what lanes.yaml declares.')
    }
    if (!checks.includes(check))
      refuse(`${name}: no check is called ${check}`, `Checks: ${checks.join(', ')}.`)
    if (!repos.includes(repo)) refuse(`${name}: ${repo} does not travel here`, `Repos: ${repos.join(', ')}.`)
    if (reason.trim() === '') refuse(`${name}: an override needs a reason`, 'Say why: --reason …')
  }
}

/** Marks the red rows that were overridden by name; other verdicts stay as they are. */
export function applyOverrides(
  judged: readonly PreflightRow[],
  overrides: readonly Override[],
  repo: string,
): readonly PreflightRow[] {
  return judged.map((row) =>
    row.verdict === 'red' && overrides.some((one) => one.check === row.check && one.repo === repo)
      ? { ...row, overridden: true }
      : row,
  )
}
