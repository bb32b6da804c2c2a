export * from './command.ts'
export { createRedactor, redact, redactionMark, type Redactor } from './redaction.ts'
export { type Reaper, startReaper } from './reaper.ts'
