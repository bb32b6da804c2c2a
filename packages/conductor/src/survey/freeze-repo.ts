import { type CommitId, ConductError, invariant } from '@conduct/core'
import type { Repo } from '@conduct/config'
import type { Mirror } from '@conduct/git'
import type { FrozenRepo, TrainContext } from '../context.ts'
import { commitTree } from './commit-tree.ts'

export interface FreezeOptions {
  readonly name: string
  /** Instead of the head of main. */
  readonly commit?: CommitId
}

/**
 * Fetches one repo and picks the commit that everything after works on.
 *
 * @throws ConductError REMOTE_UNREACHABLE, SURVEY_REFUSED
 */
export async function freezeRepo(
  context: TrainContext,
  { name, commit }: FreezeOptions,
): Promise<Omit<FrozenRepo, 'role'>> {
  const repo = context.config.repos.get(name)
  invariant(repo !== undefined, `the train names a repo that is not declared: ${name}`)
  const mirror = await context.mirror(name)
  const [main] = await Promise.all([mainOf(name, repo, mirror), mirror.fetch()])
  const head = commit ?? (await mirror.branchHead(main))
  if (head === null) {
    throw new ConductError('SURVEY_REFUSED', `${name}: ${repo.remote} has no branch ${main}`, {
      hint: `Correct repos.${name}.main in lanes.yaml, or push that branch.`,
    })
  }
  return { name, repo, mirror, main, commit: head, tree: commitTree(mirror, head) }
}

/** The branch that is main: declared, else the remote's own default. @throws ConductError SURVEY_REFUSED */
export async function mainOf(name: string, repo: Repo, mirror: Mirror): Promise<string> {
  const main = repo.main ?? (await mirror.defaultBranch())
  if (main !== null) return main
  throw new ConductError('SURVEY_REFUSED', `${name}: ${repo.remote} has no default branch`, {
    hint: `Say which branch is main: repos.${name}.main in lanes.yaml.`,
  })
}
