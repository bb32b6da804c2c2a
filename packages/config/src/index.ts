export { generateJsonSchema } from './json-schema.ts'
export type * from './lanes-config.ts'
export { type LanesSource, type ParsedLanes, parseLanesYaml } from './parse.ts'
