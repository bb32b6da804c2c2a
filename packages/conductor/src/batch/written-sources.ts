import { type CommitId, ConductError } from '@conduct/core'
import { readBranchChanges, readTrailers } from '@conduct/git'
import { isDefinition, isMigration, type SourceFile } from '@conduct/planner'
import { trailers } from './batch.ts'

/** A batch as its branch has it now, and its tickets as their branches had them when it was written. */
export interface WrittenSources {
  readonly id: string
  readonly base: { readonly commit: CommitId; readonly files: readonly SourceFile[] }
  readonly batch: { readonly commit: CommitId; readonly files: readonly SourceFile[] }
  /** In the order of the batch. */
  readonly tickets: readonly { readonly id: string; readonly files: readonly SourceFile[] }[]
}

/** A batch has a commit per ticket, and people may have put some on top. */
const commitsMax = 500

/** @throws ConductError BATCH_UNKNOWN (4)  the branch is none that batch write made. */
export async function readWrittenBatch(options: {
  readonly cwd: string
  readonly ref: string
  readonly signal?: AbortSignal | undefined
}): Promise<WrittenSources> {
  const { cwd, ref, signal } = options
  const found = await readTrailers({ cwd, ref, names: Object.values(trailers), countMax: commitsMax, signal })
  const id = found.flatMap((each) => each.trailers[trailers.batch] ?? [])[0]
  const own = found.filter((each) => id !== undefined && each.trailers[trailers.batch]?.includes(id) === true)
  const [tip, base] = [found[0]?.commit, own.at(-1)?.parent]
  if (id === undefined || tip === undefined || base === undefined || base === null) {
    throw new ConductError('BATCH_UNKNOWN', `${ref} is no branch of a batch: none of its commits says so`)
  }
  const heads = own.toReversed().flatMap((each) => {
    const sources = each.trailers[trailers.source] ?? []
    const names = each.trailers[trailers.ticket] ?? []
    return names.flatMap((name, at) => sources.slice(at, at + 1).map((head) => ({ name, head })))
  })
  const read = await readBranchChanges({
    cwd,
    signal,
    base,
    heads: [...heads, { name: ref, head: tip }],
    isWanted: (path) => isMigration(path) || isDefinition(path),
  })
  const filesAt = (at: number): readonly SourceFile[] => read.branches[at]?.changes ?? []
  return {
    id,
    base: { commit: base, files: read.base.files.map((each) => ({ ...each, kind: 'added' })) },
    batch: { commit: tip, files: filesAt(heads.length) },
    tickets: heads.map(({ name }, at) => ({ id: name, files: filesAt(at) })),
  }
}
