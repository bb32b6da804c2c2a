import { ConductError, type PreflightRow } from '@conduct/core'
import type { DoctorCheck } from './check.ts'

const verdicts = { green: 'ok', red: 'failed', unknown: 'unknown', not_applicable: 'ok' } as const

/** A judgement of preflight as a check of the doctor: the same words, since the same is asked. */
export function judgedCheck(
  check: string,
  { verdict, detail }: Pick<PreflightRow, 'verdict' | 'detail'>,
  options: { readonly isSilent?: boolean } = {},
): DoctorCheck {
  if (options.isSilent === true) {
    const unreachable = new ConductError('FORGE_UNREACHABLE', detail)
    return { check, verdict: 'failed', detail, remedy: unreachable.hint, unreachable }
  }
  // What to do stands at the end of a red row.
  return { check, verdict: verdicts[verdict], detail, remedy: null }
}
