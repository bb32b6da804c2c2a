export { fileTreeOfFolder } from './file-tree.ts'
export type * from './ports.ts'
export { publishers } from './publishers.ts'
