import type { Consumer } from '@conduct/config'
import { ConductError } from '@conduct/core'
import {
  addressOf,
  type AskForge,
  type BranchRules,
  type Forge,
  type ForgeIdentity,
  type Reading,
  type RepoAccess,
  type RepoAtForge,
} from '@conduct/forge'
import { judgeReading } from '../preflight/forge.ts'
import { green, type Judgement, red, unknown } from '../preflight/row.ts'
import { judgeAdoption } from '../preflight/rows/branch-protection.ts'
import { judgeAccess, judgeIdentity } from '../preflight/rows/forge-identity.ts'
import { mayRefusePush } from '../survey/choose-via.ts'
import type { Looking } from './files-here.ts'

export interface ForgeCheck {
  readonly check: string
  readonly judgement: Judgement
  /** Nothing answered: asking again later may help. */
  readonly isSilent: boolean
}

/** One forge and the repos of lanes.yaml that conduct has to do with there. */
export interface ForgeLook {
  readonly host: string
  readonly repos: readonly string[]
  readonly checks: readonly ForgeCheck[]
}

export interface LookAtForges extends Looking {
  readonly askForge: AskForge
}

/**
 * Each forge where trains, tasks or approvals have to do with a repo: who we are, with which kind of credential, what
 * is left of its limit, whether our pull requests get CI, and whether main is protected against the way of adopting.
 * Asks, and writes nothing.
 */
export async function lookAtForges(looking: LookAtForges): Promise<readonly ForgeLook[]> {
  const byHost = Map.groupBy(concerned(looking), ({ host }) => host)
  return Promise.all(
    [...byHost].map(async ([host, places]) => ({
      host,
      repos: places.map(({ repo }) => repo),
      checks: await lookAtForge(host, places, looking),
    })),
  )
}

interface Place {
  readonly repo: string
  readonly host: string
  readonly main: string | null
  /** How the trains that travel there adopt; empty: nothing is adopted there. */
  readonly adoptions: readonly Consumer['adopt'][]
}

function concerned({ config }: Looking): readonly Place[] {
  const trains = [...config.trains.values()]
  const consumers = trains.flatMap((train) => train.consumers)
  const issues = [...config.lanes.values()].flatMap(({ approval }) => approval?.issue?.repo ?? [])
  const names = new Set([
    ...trains.flatMap((train) => [train.producer.repo, ...train.consumers.map(({ repo }) => repo)]),
    ...(config.tasks === null ? [] : [config.tasks.repo]),
    ...issues,
  ])
  return [...names].flatMap((name) => {
    const repo = config.repos.get(name)
    const host = repo === undefined ? null : hostOf(repo)
    if (repo === undefined || host === null) return []
    const adoptions = consumers.flatMap((consumer) => (consumer.repo === name ? [consumer.adopt] : []))
    return [{ repo: name, host, main: repo.main, adoptions: adoptions.filter(({ via }) => via !== 'none') }]
  })
}

/** An address that no repository there can have is said when it is asked. */
function hostOf(repo: Parameters<typeof addressOf>[0]): string | null {
  try {
    return addressOf(repo)?.host ?? null
  } catch (error) {
    if (!(error instanceof ConductError)) throw error
    return 'a forge'
  }
}

async function lookAtForge(
  host: string,
  places: readonly Place[],
  looking: LookAtForges,
): Promise<readonly ForgeCheck[]> {
  const opened: { readonly place: Place; readonly at: RepoAtForge }[] = []
  for (const place of places) {
    const repo = looking.config.repos.get(place.repo)
    try {
      const at = repo === undefined ? null : await looking.askForge(repo)
      if (at !== null) opened.push({ place, at })
    } catch (error) {
      if (!(error instanceof ConductError)) throw error
      // The others there would be told the same.
      return [said('credential', red('0 of 1', `${error.message}. ${error.hint}`))]
    }
  }
  const [first] = opened
  if (first === undefined) return []
  const opensPullRequests = places.some(({ adoptions }) => adoptions.some(({ via }) => via !== 'push'))
  const identity = await first.at.forge.identity()
  if (identity.state === 'unknown') return [silent('identity', identity, `Who we are at ${host}`)]
  const ofRepos = await Promise.all(opened.map(({ place, at }) => lookAtRepo(place, at)))
  return [
    read('identity', identity, { what: `Who we are at ${host}`, judge: judgeCredential }),
    ...(opensPullRequests
      ? [
          read('pull_requests', identity, {
            what: `Whether our pull requests get CI`,
            judge: judgePullRequests,
          }),
        ]
      : []),
    ...ofRepos.flat(),
    said('limit', judgeLimit(first.at.forge, opened.length)),
  ]
}

const kinds = {
  classic_token: 'a classic token',
  fine_grained_token: 'a fine-grained token',
  oauth_token: 'a token of a login',
  app: 'a GitHub App',
  workflow_token: "a workflow's default token",
  unrecognised_token: 'a token of a form that is not known',
} as const satisfies Record<ForgeIdentity['kind'], string>

function judgeCredential({ login, kind, scopes }: ForgeIdentity): Judgement {
  const withScopes = scopes === null ? '' : `, with the scopes ${scopes.join(', ') || 'none'}`
  const detail = `We are ${login}, by ${kinds[kind]}${withScopes}.`
  const mayWrite = scopes === null || scopes.includes('repo') || scopes.includes('public_repo')
  return mayWrite
    ? green('1 of 1', detail)
    : red('1 of 1', `${detail} It may not write in a repository: make one with the scope repo.`)
}

function judgePullRequests(identity: ForgeIdentity): Judgement {
  const judged = judgeIdentity(identity, true)
  return judged.verdict === 'green' ? green('1 of 1', `Pull requests of ${identity.login} get CI.`) : judged
}

async function lookAtRepo({ repo, main, adoptions }: Place, at: RepoAtForge): Promise<readonly ForgeCheck[]> {
  const { repository } = at
  const access = await repository.readAccess()
  const opensPullRequest = adoptions.some(({ via }) => via === 'pull_request')
  const may = read(`${repo}.access`, access, {
    what: `What we may do in ${repository.fullName}`,
    judge: (known) => judgeRepoAccess(known, { name: repository.fullName, opensPullRequest }),
  })
  if (access.state !== 'present' || adoptions.length === 0) return [may]
  const branch = main ?? access.value.defaultBranch
  const rules = await repository.readRules(branch)
  const adoption = read(`${repo}.adoption`, rules, {
    what: `How ${branch} is protected`,
    judge: (known) => together(adoptions.map(({ via }) => judgeWay(via, branch, known))),
  })
  return [may, adoption]
}

function judgeRepoAccess(
  access: RepoAccess,
  options: { readonly name: string; readonly opensPullRequest: boolean },
): Judgement {
  const judged = judgeAccess(access, options)
  if (judged.verdict !== 'green') return judged
  const may = access.isAdmin ? 'administrate' : access.canPush ? 'write in' : 'only read'
  return green('1 of 1', `We may ${may} ${options.name}.`)
}

/** As the survey chooses where lanes.yaml names no way. */
function judgeWay(via: Consumer['adopt']['via'], main: string, rules: BranchRules): Judgement {
  return judgeAdoption({ main, via: via ?? (mayRefusePush(rules) ? 'pull_request' : 'push') }, rules)
}

function together(judged: readonly Judgement[]): Judgement {
  const worst =
    judged.find(({ verdict }) => verdict === 'red') ??
    judged.find(({ verdict }) => verdict === 'unknown') ??
    judged[0]
  return worst ?? green('0 of 0', 'Nothing is adopted here.')
}

/** What a train of two repositories asks is measured in packages/README.md; this is rounded up, and per repo. */
const requestsPerRepo = 20

function judgeLimit(forge: Forge, repos: number): Judgement {
  const left = forge.limitLeft()
  const perHour = forge.limitPerHour()
  if (left === null || perHour === null) {
    return unknown('0 of 1', 'It does not say how many requests are left.')
  }
  const detail = `${left.requests} of ${perHour} requests are left this hour; a train through ${repos} of its repos takes some ${repos * requestsPerRepo}.`
  if (left.requests >= repos * requestsPerRepo) return green('1 of 1', detail)
  const until =
    left.resetMs === null ? 'later' : `at ${new Date(left.resetMs).toISOString().slice(11, 16)} UTC`
  return red(
    '1 of 1',
    `${detail} All are there again ${until}: wait, or use an App, which has a limit of its own.`,
  )
}

function said(check: string, judgement: Judgement): ForgeCheck {
  return { check, judgement, isSilent: false }
}

function read<Value>(
  check: string,
  reading: Reading<Value>,
  options: Parameters<typeof judgeReading<Value>>[1],
): ForgeCheck {
  if (reading.state === 'unknown' && reading.isRetryable) return silent(check, reading, options.what)
  return said(check, judgeReading(reading, options))
}

function silent(
  check: string,
  reading: { readonly reason: string; readonly isRetryable: boolean },
  what: string,
) {
  const judgement = unknown('0 of 1', `${what}: ${reading.reason}.`)
  return { check, judgement, isSilent: reading.isRetryable }
}
