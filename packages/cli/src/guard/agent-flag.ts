import { agentNames } from '@conduct/guard'

export const agentFlag = {
  kind: 'enum',
  values: agentNames,
  optional: true,
  variadic: true,
  brief: 'A coding agent whose settings get the hook, too',
} as const
