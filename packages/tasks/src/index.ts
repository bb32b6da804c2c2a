export { firstState } from './decide-move.ts'
export * from './open-tasks.ts'
export type * from './task.ts'
