import { exitCodes, isConductError } from '@conduct/core'
import type { CommandContext, CommandOutcome } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { Annotation } from '../output/annotation.ts'
import { guardAnswer } from './answer.ts'
import { pathsBetween } from './changed-paths.ts'
import { countCandidates } from './count-candidates.ts'
import { decide, isMissing } from './decide.ts'
import type { ChangeFlags } from './flags.ts'
import { findPullRequest, type FoundPullRequest } from './pull-request.ts'
import { counted } from './read-change.ts'
import { findSmuggling } from './smuggling.ts'
import { findGuarded } from './repository.ts'

/** Beside others of the forge; a branch rule may require it. */
const statusContext = 'conduct-guard'
const descriptionMax = 140
const annotationsMax = 50

/**
 * Judges what a pull request changes. Whose it is, its forge says; whether they hold the lane, the store. The result is an exit
 * code, annotations at the files, and a commit status, where the job may write one.
 */
export async function judgePullRequest(
  context: CommandContext,
  loaded: LoadedConfig,
  flags: ChangeFlags & { readonly pullRequest?: string },
): Promise<CommandOutcome> {
  const repository = findGuarded(context, loaded, flags)
  const found = await findPullRequest(context, { loaded, repo: repository.repo, text: flags.pullRequest })
  const paths = pathsBetween(context.cwd, flags.base ?? found.base, found.head)
  const read = {
    repository: { ...repository, repo: found.judged.repo },
    looked: `${counted(paths.length, 'file')} of ${found.name}`,
    works: () => [
      {
        branch: found.judged.ownBranch ?? found.name,
        head: found.head,
        bases: [flags.base ?? found.base],
        isUncommitted: false,
        paths,
      },
    ],
    change: {
      repo: found.judged.repo,
      project: repository.project,
      paths,
      flags: flags.flag ?? [],
      commands: [],
      actions: [],
    },
  }
  const smuggling = await findSmuggling({ context, loaded, read, flags })
  const decision = await decide(context, loaded, { ...read, smuggling }, found.judged)
  const candidates = await countCandidates({ context, loaded, read, decision }, found.judged)
  const answer = guardAnswer({
    context,
    loaded,
    read,
    decision,
    smuggling,
    candidates,
    task: undefined,
    pullRequest: found.name,
  })
  const missing = decision.verdict === 'clear' ? [] : decision.needs.filter(isMissing)
  const annotations = missing.flatMap(({ lane, because, holder }) =>
    because.map(({ kind, match }): Annotation => ({
      severity: 'error',
      title: `lane ${lane}`,
      message: `${found.name} needs ${lane}, ${holder === null ? 'which nobody has taken' : `which ${holder.holder} holds`}.`,
      ...(kind === 'path' ? { file: match } : kind === 'smuggled' ? placeOf(match) : {}),
    })),
  )
  const status = await writeStatus(context, found, answer)
  return {
    ...answer,
    data: { ...answer.data, pull_request: found.name, status },
    annotations: annotations.slice(0, annotationsMax),
  }
}

/** `db/schema.rb:3` */
function placeOf(match: string): Pick<Annotation, 'file' | 'line'> {
  const at = match.lastIndexOf(':')
  return { file: match.slice(0, at), line: Number(match.slice(at + 1)) }
}

async function writeStatus(
  context: CommandContext,
  { repository, head }: FoundPullRequest,
  { exit, error }: CommandOutcome,
): Promise<'written' | 'not_written'> {
  const isUnknown = exit === exitCodes.unreachable
  const description =
    exit === exitCodes.done ? 'No lane is needed, or it is held for this.' : (error?.message ?? '')
  try {
    await repository.writeCommitStatus({
      commit: head as Parameters<typeof repository.writeCommitStatus>[0]['commit'],
      context: statusContext,
      state: exit === exitCodes.done ? 'success' : isUnknown ? 'error' : 'failure',
      description: description.slice(0, descriptionMax),
    })
    return 'written'
  } catch (failure) {
    if (!isConductError(failure)) throw failure
    // The exit code says the same; a job of a fork may not write.
    context.emit({
      type: 'warning',
      code: failure.code,
      message: `The commit status was not written: ${failure.message}`,
    })
    return 'not_written'
  }
}
