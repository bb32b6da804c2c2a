import { textValue } from '../arguments/values.ts'

/** Arguments that several task commands take. */
export const taskPositional = {
  parse: textValue,
  placeholder: 'task',
  brief: 'The item; for a branch, its name',
} as const

export const flagPositional = {
  parse: textValue,
  placeholder: 'flag',
  brief: 'A flag of lanes.yaml, as requires_migration',
} as const
