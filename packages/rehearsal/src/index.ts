export type { Attempt, Attempts } from './attempts.ts'
export { buildEstate, type BuildEstateOptions } from './build.ts'
export { copyEstate, type CopyEstateOptions } from './copy.ts'
export { type ConsumerSpec, type Estate, openEstate, stopEstate } from './estate.ts'
