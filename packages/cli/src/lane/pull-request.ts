import type { LanesConfig } from '@conduct/config'
import { ConductError, nearest } from '@conduct/core'
import type { RepoAtForge } from '@conduct/forge'
import { systemClock } from '@conduct/lanes/engine'
import { textValue } from '../arguments/values.ts'
import type { CommandContext } from '../command.ts'

/** A pull request of a declared repo; `repo#number` is how a claim names it. */
export interface NamedPullRequest {
  readonly repo: string
  readonly number: number
}

export const untilMergedFlag = {
  kind: 'parsed',
  parse: textValue,
  optional: true,
  placeholder: 'pull request',
  brief: 'Keep it while this pull request (shop#12) is open; it ends at merge or close, without a renewal',
} as const

export type PullRequestState = 'open' | 'merged' | 'closed'

const numberMax = 1e9

/**
 * `shop#12`, an address that ends in `/pull/12`, or a bare number where only one repo can be meant.
 *
 * @throws ConductError USAGE
 */
export function parsePullRequest(
  config: LanesConfig,
  text: string,
  claimed: readonly string[],
): NamedPullRequest {
  const refuse = (why: string): never => {
    throw new ConductError('USAGE', `${JSON.stringify(text)} names no pull request: ${why}`, {
      hint: 'Write shop#12, with the name that the repo has in lanes.yaml.',
    })
  }
  const match = /^(?:(?<repo>[^#\s]+)#|#?|.*\/(?<name>[^/]+)\/pull\/)(?<number>\d{1,9})\/?$/.exec(text)
  const number = Number(match?.groups?.['number'] ?? '0')
  if (match === null || number < 1 || number > numberMax)
    return refuse('it is neither repo#number nor its address')
  const { repo, name } = match.groups ?? {}
  const declared = [...config.repos.keys()]
  if (repo !== undefined) {
    if (config.repos.has(repo)) return { repo, number }
    const near = nearest(repo, declared)
    return refuse(`no repo ${repo} is declared${near === null ? '' : `; did you mean ${near}?`}`)
  }
  const candidates =
    name === undefined
      ? (onlyOf(claimed.filter((each) => config.repos.has(each))) ?? onlyOf(declared))
      : onlyOf(declared.filter((each) => nameOf(config.repos.get(each)?.remote ?? '') === name))
  return candidates === null ? refuse('say of which repo') : { repo: candidates, number }
}

export function pullRequestText({ repo, number }: NamedPullRequest): string {
  return `${repo}#${number}`
}

/** Null: what the claim says is no pull request of this lanes.yaml. */
export function namedIn(config: LanesConfig, text: string): NamedPullRequest | null {
  const [repo = '', number = ''] = text.split('#')
  return config.repos.has(repo) && /^\d{1,9}$/.test(number) ? { repo, number: Number(number) } : null
}

/** What its forge says of it now; a failure to see it is thrown, and is never taken for an end. */
export type AskPullRequest = (named: NamedPullRequest) => Promise<PullRequestState>

/**
 * Loads the forge at the first question.
 *
 * @throws ConductError (when asked) PULL_REQUEST_UNKNOWN, FORGE_UNREACHABLE, FORGE_CREDENTIALS, FORGE_REMOTE_UNKNOWN
 */
export function pullRequestsOf(config: LanesConfig, context: CommandContext): AskPullRequest {
  let askForge: ((repo: string) => Promise<RepoAtForge | null>) | null = null
  const open = async () => {
    const { openForges } = await import('@conduct/forge')
    const ask = openForges({ env: context.env, clock: systemClock, signal: context.signal })
    return async (repo: string) => {
      const declared = config.repos.get(repo)
      return declared === undefined ? null : ask(declared)
    }
  }
  return async (named) => {
    askForge ??= await open()
    const at = await askForge(named.repo)
    const text = pullRequestText(named)
    if (at === null) {
      throw new ConductError('PULL_REQUEST_UNKNOWN', `${named.repo} has no forge, so there is no ${text}`)
    }
    const reading = await at.repository.readPullRequest(named.number)
    switch (reading.state) {
      case 'present':
        return reading.value.state
      case 'absent':
        throw new ConductError(
          'PULL_REQUEST_UNKNOWN',
          `${at.repository.fullName} has no pull request ${named.number}`,
        )
      case 'unknown':
        throw new ConductError('FORGE_UNREACHABLE', `${text} could not be read: ${reading.reason}`)
      default:
        return reading satisfies never
    }
  }
}

/**
 * The one that was asked for, if it is open.
 *
 * @throws ConductError USAGE, PULL_REQUEST_UNKNOWN, PULL_REQUEST_OVER, FORGE_*
 */
export async function openPullRequest(options: {
  readonly config: LanesConfig
  readonly ask: AskPullRequest
  /** As typed. */
  readonly text: string | undefined
  readonly resources: readonly string[]
}): Promise<string | null> {
  const { config, ask, text, resources } = options
  if (text === undefined) return null
  const named = parsePullRequest(config, text, resources)
  const state = await ask(named)
  if (state === 'open') return pullRequestText(named)
  throw new ConductError('PULL_REQUEST_OVER', `${pullRequestText(named)} is ${state} already`)
}

function onlyOf(names: readonly string[]): string | null {
  return names.length === 1 ? (names[0] ?? null) : null
}

function nameOf(remote: string): string {
  return /([^/:]+?)(?:\.git)?\/?$/.exec(remote)?.[1] ?? ''
}
