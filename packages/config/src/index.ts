export type * from './lanes-config.ts'
