import { assertNever, ConductError, type PreflightRow } from '@conduct/core'
import type { PreflightMatrix, TrainContext } from '../context.ts'

interface Refusal {
  readonly repo: string
  readonly row: PreflightRow
}

/** @throws ConductError PREFLIGHT_REFUSED (3) listing every red row and every unknown one that is not accepted. */
export function refuseUnlessGreen(context: Pick<TrainContext, 'train'>, matrix: PreflightMatrix): void {
  const all = [...matrix].flatMap(([repo, judged]) => judged.map((row) => ({ repo, row })))
  const refusals = all.filter(({ row }) => stops(row, context.train.acceptUnknown))
  if (refusals.length === 0) return
  const reds = refusals.filter(({ row }) => row.verdict === 'red').length
  const unknowns = refusals.length - reds
  const counts = [...(reds > 0 ? [`${reds} red`] : []), ...(unknowns > 0 ? [`${unknowns} unknown`] : [])]
  throw new ConductError(
    'PREFLIGHT_REFUSED',
    [`preflight: ${counts.join(', ')} of ${all.length} checks`, ...refusals.map(showRefusal)].join('\n'),
    {
      hint: hintFor({ reds, unknowns }),
      details: {
        refused: refusals.map(({ repo, row }) => ({
          check: row.check,
          repo,
          verdict: row.verdict,
          covered: row.covered,
          detail: row.detail,
        })),
      },
    },
  )
}

function stops(row: PreflightRow, acceptUnknown: readonly string[]): boolean {
  switch (row.verdict) {
    case 'red':
      return row.overridden !== true
    case 'unknown':
      return !acceptUnknown.includes(row.check)
    case 'green':
    case 'not_applicable':
      return false
    default:
      return assertNever(row.verdict)
  }
}

function showRefusal({ repo, row }: Refusal): string {
  return `  ${row.verdict} ${row.check}:${repo}: ${row.detail}`
}

function hintFor({ reds, unknowns }: { readonly reds: number; readonly unknowns: number }): string {
  const hints = [
    ...(reds > 0
      ? ['Put right what is listed, or say --override <check>:<repo> --reason … for one that is really fine.']
      : []),
    ...(unknowns > 0
      ? ['What is unknown is settled where it says, or accepted by name with accept_unknown in lanes.yaml.']
      : []),
  ]
  return hints.join(' ')
}
