export type * from './api.ts'
export type * from './context.ts'
export * from './step-id.ts'
