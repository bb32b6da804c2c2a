export * from './command.ts'
export { signalGroup } from './process-group.ts'
export { createRedactor, redact, redactionMark, type Redactor } from './redaction.ts'
export { endCommandsBefore, reaperGroup } from './reaper.ts'
