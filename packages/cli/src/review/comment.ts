import { relative } from 'node:path'
import type { Repo } from '@conduct/config'
import { ConductError, isConductError } from '@conduct/core'
import { systemClock } from '@conduct/lanes/engine'
import { renderReviewMarkdown, type ReviewReport } from '@conduct/report'
import type { CommandContext } from '../command.ts'
import { repositoryOfJob } from '../guard/job-repository.ts'
import { numberOfJob } from '../guard/pull-request.ts'
import { findGuarded } from '../guard/repository.ts'
import { readWorktreeTop } from '../estate/worktree-top.ts'
import { parsePullRequest } from '../lane/pull-request.ts'
import type { ReadRevisions } from './read-revisions.ts'

/** The pull request that is commented, and its repository. */
export interface CommentedThread {
  readonly number: number
  readonly repository: Pick<Repo, 'remote' | 'forge'>
}

export interface WireComment {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'none' | 'not_written'
  readonly url: string | null
  /** Why it was not written; null: it was, or had not to be. */
  readonly because: string | null
}

/**
 * In a job of GitHub the repository that it runs in, unless another one is named.
 *
 * @throws ConductError USAGE  nothing says which pull request it is
 */
export function findThread(
  context: CommandContext,
  { revisions, text }: { readonly revisions: ReadRevisions; readonly text: string | undefined },
): CommentedThread {
  const named = text ?? numberOfJob(context.env)
  const own = /^#?(\d{1,9})$/.exec(named)?.[1]
  const job = repositoryOfJob(context)
  if (own !== undefined && job !== null) return { number: Number(own), repository: job }
  const loaded = revisions.before ?? revisions.after
  const { repo } = findGuarded(context, loaded, {})
  const found = parsePullRequest(loaded.config, named, repo === null ? [] : [repo])
  const repository = loaded.config.repos.get(found.repo)
  if (repository === undefined) throw new ConductError('USAGE', `lanes.yaml declares no repo ${found.repo}`)
  return { number: found.number, repository }
}

/** The review is what counts: a comment that could not be written is said, and fails nothing. */
export async function writeReviewComment(
  context: CommandContext,
  options: {
    readonly thread: CommentedThread
    readonly report: ReviewReport
    readonly revisions: ReadRevisions
  },
): Promise<WireComment> {
  const { thread, report, revisions } = options
  const { commentLengthMax, openForges } = await import('@conduct/forge')
  const marker = markerOf(revisions)
  const body = renderReviewMarkdown(report, {
    lengthMax: commentLengthMax - marker.length - lineEnds,
  }).trimEnd()
  try {
    const ask = openForges({ env: context.env, clock: systemClock, signal: context.signal })
    const at = await ask(thread.repository)
    if (at === null)
      throw new ConductError('PULL_REQUEST_UNKNOWN', `${thread.repository.remote} has no forge`)
    const { number } = thread
    const isNewWanted = report.findings.length > 0
    const written = await at.repository.writeComment({ number, marker, body, isNewWanted })
    return { ...written, because: null }
  } catch (failure) {
    if (!isConductError(failure)) throw failure
    const message = `The comment was not written: ${failure.message}`
    context.emit({ type: 'warning', code: failure.code, message })
    return { outcome: 'not_written', url: null, because: failure.message }
  }
}

/** Between body and marker, and after it. */
const lineEnds = 3

/** One comment for each lanes.yaml of a repository. */
function markerOf({ after }: ReadRevisions): string {
  const top = readWorktreeTop(after.address.replace(/\/[^/]*$/, '')) ?? '/'
  return `<!-- conduct: review ${encodeURIComponent(relative(top, after.address)).replaceAll('-', '%2D')} -->`
}
