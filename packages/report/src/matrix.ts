/** Every check over every repo at one glance. */
import type { PreflightRow, SurveyedRepo } from '@conduct/core'
import { count } from './cells.ts'
import type { Matrix, MatrixCell } from './model.ts'
import { troubleSection } from './sections/plan.ts'

export function matrixOf(repos: readonly SurveyedRepo[]): Matrix | null {
  const checks = [...new Set(repos.flatMap(({ preflight }) => preflight.map(({ check }) => check)))]
  if (checks.length === 0) return null
  const rows = repos.flatMap(({ preflight }) => preflight)
  const judged = rows.filter(({ verdict }) => verdict !== 'not_applicable')
  const green = judged.filter(({ verdict }) => verdict === 'green')
  return {
    title: 'Checks',
    note: `${green.length} of ${count(judged.length, 'check')} green over ${count(repos.length, 'repo')}; ${rows.length - judged.length} not applicable.`,
    columns: checks,
    trouble: troubleSection(repos),
    rows: repos.map(({ repo, preflight }) => ({
      label: repo,
      cells: checks.map((check) =>
        cellOf(
          repo,
          preflight.find((row) => row.check === check),
        ),
      ),
    })),
  }
}

function cellOf(repo: string, row: PreflightRow | undefined): MatrixCell {
  if (row === undefined) return null
  const isOverridden = row.verdict === 'red' && row.overridden === true
  const said = isOverridden ? 'red, overridden' : row.verdict.replaceAll('_', ' ')
  return {
    verdict: isOverridden ? 'overridden' : row.verdict,
    title: `${row.check}:${repo}: ${said} (${row.covered}). ${row.detail}`,
  }
}
