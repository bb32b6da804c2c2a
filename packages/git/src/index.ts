export { listAddedPaths } from './added-paths.ts'
export { type BranchChanges, type ChangedBranch, readBranchChanges } from './branch-changes.ts'
export {
  type BranchWriter,
  type Chain,
  type CommitDraft,
  type FileChange,
  openBranchWriter,
} from './branch-writer.ts'
export { cacheHome } from './cache-home.ts'
export { type HistoryFiles, listHistoryFiles } from './history-files.ts'
export { type CommitEntry, type CommitTree, readCommitTree } from './commit-tree.ts'
export { type CheckoutOptions, inspectCheckout } from './checkout.ts'
export { type CommitFiles, fileTreeAt } from './file-tree.ts'
export {
  type FileInRepository,
  findFileInRepository,
  findLocalRepository,
  type LocalRepository,
} from './find-repository.ts'
export { lookAtMirrors, type MirrorsLook } from './look-at-mirrors.ts'
export { installMergeDriver, type MergeDriver, mergeTexts } from './merge-driver.ts'
export { mirrorName, openMirror } from './mirror.ts'
export { peekMirror } from './peek-mirror.ts'
export type * from './ports.ts'
export { mirrorUnusedMsMax, type Pruned, type PruneOptions, pruneMirrors } from './prune.ts'
export { type CommitWithTrailers, readTrailers } from './trailers.ts'
export { branchRef, refNameProblem, tagRef } from './ref-name.ts'
export { openRefStore, type RefStore, type RefStoreOptions, type RefSwap } from './ref-store.ts'
export type { SentPush } from './push.ts'
export { showRemote } from './remote.ts'
export { openRemoteTrial, type RemoteAnswer, type RemoteTrial } from './try-remote.ts'
export type { CommitChange, VersionedFiles } from './versioned-files.ts'
