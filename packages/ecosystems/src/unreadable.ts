import { ConductError } from '@conduct/core'

/** A file with conflict marks, or cut off: nothing is known about what it holds, so nothing may be concluded. */
export function unreadable(file: string, cause: Error): ConductError {
  const [said] = cause.message.split('\n')
  return new ConductError('FILE_UNREADABLE', `${file} cannot be parsed: ${said}`, {
    cause,
    details: { file },
  })
}
