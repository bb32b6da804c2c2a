import type { Plan, PlannedStep, Unverified } from '@conduct/core'
import type { Survey } from '../context.ts'

/**
 * What a dry run leaves open, in the order in which a run would find it out: checks that could not be read, and
 * whatever is only true once something was made or changed. Pure.
 */
export function listUnverified(plan: Plan, survey: Survey): readonly Unverified[] {
  return [
    ...plan.repos.flatMap(({ repo, preflight }) =>
      preflight
        .filter(({ verdict }) => verdict === 'unknown')
        .map(({ check, detail }) => ({ what: `${check}:${repo}`, repo, why: detail })),
    ),
    ...survey.consumers.flatMap(({ name: repo, previousUnknown }) =>
      previousUnknown === null ? [] : [{ what: `what ${repo} runs`, repo, why: previousUnknown }],
    ),
    ...plan.steps.flatMap((step) => {
      const why = whyOf(step, plan)
      return why === null ? [] : [{ what: step.action, repo: step.repo, why }]
    }),
  ]
}

/** Why the outcome of a step is not known before it is taken; null for what a dry run does itself. */
function whyOf({ phase, kind, repo }: PlannedStep, plan: Plan): string | null {
  switch (phase) {
    case 'claim':
      return 'the lane was not asked for; somebody may hold it when the run comes'
    case 'check':
      return repo === plan.basis.producer.repo
        ? 'its checks were not run, and nothing was packed'
        : 'nothing was packed, so nothing was tried'
    case 'approve':
      return 'nobody was asked'
    case 'publish':
      return kind === 'tag'
        ? 'the remote says whether it takes a tag when it is pushed'
        : 'the registry says whether it takes a version when it is published'
    case 'await':
    case 'adopt':
      return 'no package manager can lock a version that is not published'
    case 'configure':
      return 'the provider was not asked'
    case 'deploy':
      return kind === 'post_deploy'
        ? 'it runs only after the deploy'
        : 'only the deploy shows whether it deploys'
    case 'verify':
      return 'there is nothing new to be read yet'
    case 'survey':
    case 'preflight':
    case 'report':
    case 'undo':
      return null
    default:
      return phase satisfies never
  }
}
