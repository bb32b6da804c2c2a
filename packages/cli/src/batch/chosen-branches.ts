import { ConductError } from '@conduct/core'
import type { Task } from '@conduct/tasks'
import type { CommandContext } from '../command.ts'
import type { Batching } from './batching.ts'

export interface ChosenBranches {
  /** As git matches them. */
  readonly patterns: readonly string[]
  /** What is open and has no branch here. */
  readonly notRead: (branches: ReadonlySet<string>) => readonly string[]
  readonly pullRequests: readonly PullRequestTicket[]
}

/** Its ticket is named by its branch, as it is however else the branch was chosen: two planners mean the same work. */
export interface PullRequestTicket {
  readonly ticket: string
  readonly number: number
  readonly url: string
}

/** States in which nobody works any more. */
const ended: ReadonlySet<string> = new Set(['done', 'failed'])

/**
 * The branches whose work is planned: those that match a pattern, those of open pull requests, those that name an open task.
 *
 * @throws ConductError BATCH_SOURCE_MISSING, USAGE, FORGE_UNREACHABLE, those of the forge  what was asked for cannot be listed
 */
export async function chooseBranches(
  context: CommandContext,
  flags: {
    readonly branch?: readonly string[]
    readonly 'pull-requests'?: string
    readonly tasks?: boolean
    readonly base?: string
  },
  batching: Batching,
): Promise<ChosenBranches> {
  const patterns = flags.branch ?? []
  const { 'pull-requests': repo, base = 'main' } = flags
  const offered = repo === undefined ? null : await readOffered(context, { batching, repo, base })
  const words = (flags.tasks === true ? openTasksOf(batching) : []).map(({ id }) => ({
    id,
    word: wordOf(id),
  }))
  const named =
    words.length === 0 ? [] : await branchesWith(context, { ids: words.map(({ id }) => id), base })
  return {
    patterns: [
      ...patterns,
      ...(offered?.pullRequests ?? []).map((each) => each.ticket),
      ...named.filter((branch) => words.some(({ word }) => word.test(branch))),
    ],
    notRead: (here) => [
      ...(offered?.pullRequests ?? [])
        .filter((each) => !here.has(each.ticket))
        .map(
          (each) => `pull request ${each.number}: its branch ${each.ticket} is not here; git fetch brings it`,
        ),
      ...(offered?.fromElsewhere ?? []),
      ...words
        .filter(({ word }) => ![...here].some((branch) => word.test(branch)))
        .map(({ id }) => `task ${id}: no branch here has it in its name`),
    ],
    pullRequests: offered?.pullRequests ?? [],
  }
}

function openTasksOf({ loaded, tasks, takenProblem }: Batching): readonly Task[] {
  if (loaded === null)
    throw new ConductError('USAGE', '--tasks needs a lanes.yaml, whose store has the tasks')
  if (takenProblem !== null) {
    throw new ConductError('BATCH_SOURCE_MISSING', `the tasks could not be read: ${takenProblem}`)
  }
  return tasks.filter((task) => !ended.has(task.state.toLowerCase()))
}

interface Offered {
  readonly pullRequests: readonly PullRequestTicket[]
  readonly fromElsewhere: readonly string[]
}

/** Open, and against the base that is planned on. */
async function readOffered(
  context: CommandContext,
  options: { readonly batching: Batching; readonly repo: string; readonly base: string },
): Promise<Offered> {
  const { loaded } = options.batching
  const repo = loaded?.config.repos.get(options.repo)
  if (repo === undefined) {
    throw new ConductError('USAGE', `lanes.yaml declares no repo ${options.repo}`, {
      hint: `Declared repos: ${[...(loaded?.config.repos.keys() ?? [])].join(', ') || 'none'}.`,
    })
  }
  const [{ openForges }, { systemClock }] = await Promise.all([
    import('@conduct/forge'),
    import('@conduct/lanes/engine'),
  ])
  const ask = openForges({ env: context.env, clock: systemClock, signal: context.signal })
  const at = await ask(repo)
  if (at === null) {
    throw new ConductError('BATCH_SOURCE_MISSING', `${options.repo} is at no forge that has pull requests`)
  }
  const [here, elsewhere] = await Promise.all([
    at.repository.readOpenPullRequests(''),
    at.repository.readPullRequestsFromElsewhere(),
  ])
  for (const reading of [here, elsewhere]) {
    // A list that was not read is never taken for an empty one.
    if (reading.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', reading.reason)
  }
  const isForBase = (base: string): boolean => base === options.base || options.base.endsWith(`/${base}`)
  return {
    pullRequests:
      here.state === 'present'
        ? here.value
            .filter((each) => isForBase(each.base))
            .map(({ headBranch, number, url }) => ({ ticket: headBranch, number, url }))
        : [],
    fromElsewhere:
      elsewhere.state === 'present'
        ? elsewhere.value.map(
            ({ number, label, headRef }) =>
              `pull request ${number}: ${label} is in another repository; git fetch origin ${headRef}:refs/heads/pull-${number}, and --branch pull-${number}`,
          )
        : [],
  }
}

/** The id as a word of its own: `T-1` is not in `fix/T-12`. */
function wordOf(id: string): RegExp {
  return new RegExp(
    `(?:^|[^A-Za-z0-9])${id.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![A-Za-z0-9])`,
    'i',
  )
}

/** More than those that name a task: git knows no words. */
async function branchesWith(
  { cwd, signal }: CommandContext,
  { ids, base }: { readonly ids: readonly string[]; readonly base: string },
): Promise<readonly string[]> {
  const { readBranchChanges } = await import('@conduct/git')
  const branches = ids.flatMap((id) => [`*${literalIn(id)}*`, `**/*${literalIn(id)}*`])
  const found = await readBranchChanges({ cwd, signal, base, branches, isWanted: () => false })
  return found.branches.map((each) => each.name)
}

/** Of what git takes for a pattern, one character each. */
function literalIn(id: string): string {
  return id.replaceAll(/[*?[\]\\]/g, '?')
}
