export { fileTreeOfFolder } from './file-tree.ts'
export { judgeNextVersion, type NextVersion, type NextVersionOptions } from './next-version.ts'
export type * from './ports.ts'
export { publishers } from './publishers.ts'
