export type * from './facts.ts'
export { lookAtRepo, type SourceRepo } from './look-at-repo.ts'
export { distinct, ownerName, repoName, someOf, toName } from './names.ts'
export { type WrittenLanesYaml, writeLanesYaml } from './write/lanes-yaml.ts'
