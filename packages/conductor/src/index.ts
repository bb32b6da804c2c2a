export type * from './api.ts'
export type * from './context.ts'
