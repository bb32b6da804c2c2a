export type { ChooseFault, ForgeCall, ForgeFault } from './faults.ts'
export { operations } from './router.ts'
export { completeAnswer, openapi, type Schema } from './shape.ts'
export { type GithubDouble, type RepositoryDouble, startGithub } from './start-github.ts'
