export { agents } from './agents/agents.ts'
export {
  type AgentName,
  agentNames,
  type AgentProtocol,
  type AgentRequest,
  type AgentSettings,
} from './agents/protocol.ts'
export { withHook, withoutHook } from './agents/settings.ts'
export * from './candidates.ts'
export type * from './change.ts'
export * from './judge.ts'
export * from './needs.ts'
export { type CommandReading, readCommand } from './shell/read-command.ts'
export {
  type HookName,
  hookNames,
  hasBlock,
  isOwnHook,
  keptSuffix,
  ownHook,
  sharedBlock,
  withBlock,
  withoutBlock,
} from './hooks/script.ts'
export { lefthookLocal } from './hooks/lefthook.ts'
export { isOfPullRequest, type JudgedPullRequest } from './pull-request.ts'
