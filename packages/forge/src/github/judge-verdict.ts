import type { CommitId } from '@conduct/core'
import type { CommitVerdict, Judgeable, Report, RequiredCheck } from '../ports/verdict.ts'

export interface VerdictInput {
  readonly commit: CommitId
  readonly reports: readonly Report[]
  readonly required: readonly RequiredCheck[]
  readonly judgeable: Judgeable
}

/**
 * One verdict of all reports. Any failure is red, required or not; green needs at least one report, none pending, and
 * every required check among those that passed.
 */
export function judgeVerdict(input: VerdictInput): CommitVerdict {
  const { commit, reports, required } = input
  const missing = required.filter((check) => !reports.some((report) => meets(report, check)))
  const decided = reports.filter(({ state }) => state !== 'pending')
  const judged = {
    commit,
    reports,
    required,
    covered: `${decided.length} of ${reports.length + missing.length} checks`,
  }
  const failed = reports
    .filter(({ state }) => state === 'failed')
    .map(({ name, said }) => `${name} (${said})`)
  if (failed.length > 0) return { ...judged, verdict: 'red', failed }
  if (reports.length === 0) return { ...judged, verdict: 'none', judgeable: input.judgeable }
  const waitingFor = [
    ...reports.filter(({ state }) => state === 'pending').map(({ name, said }) => `${name} (${said})`),
    ...missing.map(({ name }) => `${name} (required, has not reported)`),
  ]
  if (waitingFor.length > 0) return { ...judged, verdict: 'pending', waitingFor }
  return { ...judged, verdict: 'green' }
}

/** A required check of one app is not met by the same name from another. */
function meets(report: Report, check: RequiredCheck): boolean {
  return report.name === check.name && (check.appId === null || report.appId === check.appId)
}

const passing = new Set(['success', 'neutral', 'skipped'])
/** GitHub gives up on a run that has not reported for two weeks; nobody has judged anything. */
const withoutVerdict = new Set(['stale'])

/** The state of a check run from its status and conclusion. */
export function checkRunState(status: string, conclusion: string | null): Pick<Report, 'state' | 'said'> {
  if (status !== 'completed') return { state: 'pending', said: status }
  if (conclusion === null) return { state: 'pending', said: 'completed without a conclusion' }
  if (withoutVerdict.has(conclusion)) return { state: 'pending', said: conclusion }
  return { state: passing.has(conclusion) ? 'passed' : 'failed', said: conclusion }
}

export function statusState(state: string): Pick<Report, 'state' | 'said'> {
  if (state === 'success') return { state: 'passed', said: state }
  return { state: state === 'pending' ? 'pending' : 'failed', said: state }
}
