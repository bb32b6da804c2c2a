import { readFileSync } from 'node:fs'
import type { Repo } from '@conduct/config'
import { ConductError } from '@conduct/core'
import type { ForgeRepository, PullRequest } from '@conduct/forge'
import type { JudgedPullRequest } from '@conduct/guard'
import { systemClock } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { parsePullRequest, pullRequestText } from '../lane/pull-request.ts'
import { lookAtGit } from './git-look.ts'
import { repositoryOfJob } from './job-repository.ts'

export interface FoundPullRequest {
  readonly judged: JudgedPullRequest
  readonly name: string
  readonly base: string
  readonly head: string
  readonly repository: ForgeRepository
}

/**
 * The pull request that a CI job is about, as its forge has it: `--pull-request`, else what the job's event says, the one that a
 * merge queue is about to merge among them.
 *
 * @throws ConductError USAGE, PULL_REQUEST_UNKNOWN, PULL_REQUEST_OVER, FORGE_*, GUARD_RANGE_UNKNOWN
 */
export async function findPullRequest(
  context: CommandContext,
  {
    loaded,
    repo,
    text,
  }: { readonly loaded: LoadedConfig; readonly repo: string | null; readonly text: string | undefined },
): Promise<FoundPullRequest> {
  const { config } = loaded
  const named = parsePullRequest(config, text ?? numberOfJob(context.env), repo === null ? [] : [repo])
  const job = named.repo === repo ? repositoryOfJob(context) : null
  const asked = job ?? config.repos.get(named.repo)
  const repository = asked === undefined ? null : await askForge(context, asked)
  const name = pullRequestText(named)
  if (repository === null) throw new ConductError('PULL_REQUEST_UNKNOWN', `${named.repo} has no forge`)
  const reading = await repository.readPullRequest(named.number)
  if (reading.state === 'unknown') {
    throw new ConductError('FORGE_UNREACHABLE', `${name} could not be read: ${reading.reason}`)
  }
  if (reading.state === 'absent') throw new ConductError('PULL_REQUEST_UNKNOWN', `there is no ${name}`)
  const { value } = reading
  const judged = { ...named, author: value.author, ownBranch: ownBranchOf(context.cwd, value) }
  return { judged, name, base: baseIn(context.cwd, value.base), head: value.head, repository }
}

async function askForge(
  context: CommandContext,
  repo: Pick<Repo, 'remote' | 'forge'>,
): Promise<ForgeRepository | null> {
  const { openForges } = await import('@conduct/forge')
  const ask = openForges({ env: context.env, clock: systemClock, signal: context.signal })
  return (await ask(repo))?.repository ?? null
}

/** A queue's branch is `gh-readonly-queue/<base>/pr-<number>-<commit>`. Source: GitHub's "Managing a merge queue". */
export function numberOfJob(env: CommandContext['env']): string {
  const ref = env['GITHUB_REF'] ?? ''
  const fromRef =
    /^refs\/pull\/(\d+)\//.exec(ref)?.[1] ?? /^refs\/heads\/gh-readonly-queue\/.*\/pr-(\d+)-/.exec(ref)?.[1]
  const number = fromRef ?? numberInEvent(env['GITHUB_EVENT_PATH'])
  if (number !== null) return `#${number}`
  throw new ConductError('USAGE', 'nothing here says which pull request is meant', {
    hint: 'Name it: --pull-request shop#12. A job of GitHub knows it on pull_request and merge_group.',
  })
}

function numberInEvent(path: string | undefined): string | null {
  if (path === undefined || path === '') return null
  try {
    const event = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly pull_request?: { readonly number?: unknown }
    }
    const number = event.pull_request?.number
    return typeof number === 'number' ? String(number) : null
  } catch {
    // Another event, or none: then it has to be said.
    return null
  }
}

/** A fork may call its branch as it likes; one of this repository was pushed by somebody who may. */
function ownBranchOf(cwd: string, { headBranch, head }: PullRequest): string | null {
  const here = lookAtGit(cwd, [
    'rev-parse',
    '--quiet',
    '--verify',
    `refs/remotes/origin/${headBranch}^{commit}`,
  ])
  return here.exit === 0 && here.stdout.trim() === head ? headBranch : null
}

function baseIn(cwd: string, base: string): string {
  const names = [`refs/remotes/origin/${base}`, `refs/heads/${base}`]
  return (
    names.find(
      (name) => lookAtGit(cwd, ['rev-parse', '--quiet', '--verify', `${name}^{commit}`]).exit === 0,
    ) ?? base
  )
}
