import { ConductError } from '@conduct/core'

export function refused(message: string, hint?: string): ConductError {
  return new ConductError('IMPORT_REFUSED', message, hint === undefined ? {} : { hint })
}
