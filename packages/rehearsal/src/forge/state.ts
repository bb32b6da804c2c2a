import type { BareRepository } from './bare-repository.ts'

/** What the double knows beside git. Tests read it, and change it to play the other people and machines. */
export interface Account {
  readonly login: string
  readonly kind: 'user' | 'installation' | 'workflow'
  readonly scopes: readonly string[] | null
}

export interface Report {
  readonly commit: string
  readonly name: string
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion: string | null
  readonly appId: number
}

export interface StatusRecord {
  readonly id: number
  readonly commit: string
  readonly context: string
  readonly state: string
  readonly description: string | null
  readonly targetUrl: string | null
}

export interface Protection {
  readonly checks?: readonly { readonly context: string; readonly appId: number | null }[]
  readonly isStrict?: boolean
  /** Set: pull requests only, with this many approvals. */
  readonly reviews?: number
  readonly isLocked?: boolean
  readonly enforceAdmins?: boolean
  readonly restrictedTo?: readonly string[]
}

export interface Rule {
  readonly branch: string
  readonly type: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly rulesetId: number
  readonly bypass: 'always' | 'pull_requests_only' | 'never'
}

export interface Pull {
  readonly number: number
  readonly base: string
  readonly headBranch: string
  readonly title: string
  readonly body: string
  readonly author: string
  /** `owner/name` of the repository it comes from; null: this one. */
  readonly from: string | null
  readonly updatedAt: string
  state: 'open' | 'closed'
  /** Fixed once it is closed; while open the branch decides. */
  head: string
  mergeCommit: string | null
  queue: { state: 'QUEUED' | 'AWAITING_CHECKS'; readonly head: string } | null
  /** The pair of commits whose mergeability has been asked for once: GitHub works it out after the first question. */
  askedFor: string
}

export interface Issue {
  readonly number: number
  readonly title: string
  labels: readonly string[]
  state: 'open' | 'closed'
  /** How it was closed. */
  reason?: string | null
  readonly body: string
  readonly login: string
  readonly at: string
}

export interface Comment {
  readonly id: number
  readonly number: number
  readonly login: string
  readonly isBot: boolean
  body: string
  readonly at: string
  editedAt: string | null
  /** Written by an app with this person's rights. */
  readonly viaApp?: boolean
}

export interface Review extends Comment {
  /** Null: the commit is gone. */
  readonly commit: string | null
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
}

export interface Workflow {
  readonly id: number
  readonly file: string
  readonly state: string
  readonly inputs: readonly string[]
  /** What `run-name` makes of the inputs. */
  readonly runName: (inputs: Readonly<Record<string, unknown>>) => string
  /** How many times the list of runs is asked for before a dispatched run shows in it. */
  readonly showsAfter: number
  /** The machine that works at a dispatched run, and how that ends; without one a run stays queued until it is set. */
  readonly job?: (run: Pick<Run, 'head' | 'inputs'>) => Promise<'success' | 'failure'>
}

export interface Run {
  readonly id: number
  readonly workflow: Workflow
  readonly title: string
  readonly head: string
  readonly inputs: Readonly<Record<string, unknown>>
  hiddenFor: number
  status: string
  conclusion: string | null
}

export interface DeploymentRecord {
  readonly id: number
  readonly sha: string
  readonly environment: string
  readonly task: string
  readonly payload: unknown
  readonly description: string
  readonly states: { readonly id: number; readonly state: string; readonly description: string }[]
}

export interface ReleaseRecord {
  readonly id: number
  readonly tag: string
  readonly target: string
  readonly author: string
  readonly isDraft: boolean
  readonly at: string
  title: string
  body: string
  isPrerelease: boolean
}

/** A machine that judges each commit it is asked about: it begins at the first question, and reports after some more. */
export interface Ci {
  readonly check: string
  /** Null: it begins and never reports. */
  readonly conclusion: string | null
  /** How many questions about a commit find it still running. */
  readonly reportsAfter: number
}

export interface Repository {
  readonly owner: string
  readonly name: string
  readonly git: BareRepository
  isArchived: boolean
  /** Logins and what they may do; whoever is not here sees nothing. */
  ci: Ci | null
  readonly access: Map<string, 'read' | 'write' | 'admin'>
  readonly protection: Map<string, Protection>
  readonly rules: Rule[]
  readonly reports: Report[]
  readonly statuses: StatusRecord[]
  readonly pulls: Pull[]
  readonly issues: Issue[]
  readonly comments: Comment[]
  readonly reviews: Review[]
  readonly workflows: Workflow[]
  readonly runs: Run[]
  readonly deployments: DeploymentRecord[]
  readonly releases: ReleaseRecord[]
}

export interface AppRecord {
  readonly id: string
  readonly slug: string
  /** PEM. */
  readonly publicKey: string
  readonly installation: number
}

export interface State {
  readonly repositories: Map<string, Repository>
  readonly accounts: Map<string, Account>
  readonly apps: AppRecord[]
  /** Seconds since 1970 as this server sees them. */
  nowS: () => number
  nextId: () => number
}

export function requiredOn(
  repository: Repository,
  branch: string,
): readonly { readonly context: string; readonly appId: number | null }[] {
  const fromRules = repository.rules
    .filter((rule) => rule.branch === branch && rule.type === 'required_status_checks')
    .flatMap(
      ({ parameters }) =>
        (parameters?.['required_status_checks'] ?? []) as readonly {
          context: string
          integration_id?: number
        }[],
    )
    .map((check) => ({ context: check.context, appId: check.integration_id ?? null }))
  return [...(repository.protection.get(branch)?.checks ?? []), ...fromRules]
}

export function needsQueue(repository: Repository, branch: string): boolean {
  return repository.rules.some((rule) => rule.branch === branch && rule.type === 'merge_queue')
}
