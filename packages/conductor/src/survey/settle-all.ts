import { ConductError, type ErrorCode, isConductError } from '@conduct/core'

/** Which failure is told when several repos fail for different reasons: what nobody can know comes first. */
const collected = [
  'REMOTE_UNREACHABLE',
  'SURVEY_REFUSED',
  'FILE_UNREADABLE',
] as const satisfies readonly ErrorCode[]

/**
 * Waits for all, so that one error names every repo that failed, not the first one only.
 *
 * @throws ConductError with the code of the gravest failure and all messages of that code
 */
export async function settleAll<Result>(promises: readonly Promise<Result>[]): Promise<readonly Result[]> {
  const settled = await Promise.allSettled(promises)
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const unexpected = errors.find((error) => !collected.some((code) => isConductError(error, code)))
  if (unexpected !== undefined) throw unexpected
  for (const code of collected) {
    const failures = errors.filter((error) => isConductError(error, code))
    if (failures.length === 1) throw failures[0]
    if (failures.length > 1) throw together(code, failures)
  }
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

function together(code: ErrorCode, failures: readonly ConductError[]): ConductError {
  return new ConductError(code, failures.map(({ message }) => message).join('\n'), {
    hint: [...new Set(failures.map(({ hint }) => hint))].join(' '),
    details: { failures: failures.map(({ message, details }) => ({ message, ...details })) },
    cause: new AggregateError(failures),
  })
}
