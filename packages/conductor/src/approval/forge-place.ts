import type { ApprovalRule } from '@conduct/config'
import { ConductError, type Plan } from '@conduct/core'
import { type Reading, type RepoAtForge, absent, mapReading, present } from '@conduct/forge'
import type { TrainContext } from '../context.ts'
import { renderRequest, requestTitle } from './request-text.ts'

type Asking = Pick<TrainContext, 'config' | 'forge' | 'train'>

export interface AskedFor {
  readonly plan: Plan
  readonly rule: ApprovalRule
}

/** Where at the forge a plan's approval is given, once it was asked for there. */
export interface ForgePlace {
  readonly at: RepoAtForge
  readonly number: number
  readonly kind: 'issue' | 'pull_request'
  readonly url: string
  /** When it was asked for; what was said before says nothing about this plan. */
  readonly since: string
  /** Of a pull request: its head now. */
  readonly head: string | null
  /** Opened by us for this plan alone. */
  readonly isOwn: boolean
}

/** The repo whose forge is asked: that of the declared issue, else the producer. */
export function askedRepo({ train }: Pick<Asking, 'train'>, { issue }: Pick<ApprovalRule, 'issue'>): string {
  return issue?.repo ?? train.producer.repo
}

/** Found by its marker: absent until somebody asked. */
export async function findPlace(context: Asking, asked: AskedFor): Promise<Reading<ForgePlace>> {
  const at = await openForge(context, asked.rule)
  const { issue } = asked.rule
  const marker = markerOf(asked.plan)
  if (issue === null) {
    return mapReading(await at.repository.findIssue(marker), (thread) => ({
      ...thread,
      at,
      since: thread.at,
      isOwn: true,
    }))
  }
  const request = await at.repository.findComment({ number: issue.number, marker })
  if (request.state !== 'present') return request
  const thread = await at.repository.readThread(issue.number)
  if (thread.state !== 'present') return thread.state === 'absent' ? absent : thread
  const { url, at: since } = request.value
  return present({ ...thread.value, at, url, since, isOwn: false })
}

/**
 * Asks: opens an issue for the plan, or comments on the declared one. Asking again finds what was asked.
 *
 * @throws ConductError FORGE_*
 */
export async function askAtForge(context: Asking, asked: AskedFor): Promise<{ readonly url: string }> {
  const at = await openForge(context, asked.rule)
  const { plan, rule } = asked
  const body = renderRequest(context.config, { plan, rule })
  const marker = markerOf(plan)
  return rule.issue === null
    ? await at.repository.openIssue({ marker, title: requestTitle(plan), body })
    : await at.repository.addComment({ number: rule.issue.number, marker, body })
}

async function openForge(context: Asking, rule: ApprovalRule): Promise<RepoAtForge> {
  const repo = askedRepo(context, rule)
  const at = await context.forge(repo)
  if (at !== null) return at
  throw new ConductError('FORGE_REMOTE_UNKNOWN', `approvals are given at the forge, and ${repo} has none`, {
    hint: `Declare the forge of ${repo} in lanes.yaml, or take approvals on the command line (via: cli).`,
  })
}

function markerOf({ id, hash }: Plan): string {
  return `<!-- conduct-approval: ${id} ${hash} -->`
}
