export type * from './change.ts'
export * from './judge.ts'
export * from './needs.ts'
export { type CommandReading, readCommand } from './shell/read-command.ts'
