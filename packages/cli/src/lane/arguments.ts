import { ConductError, parseDuration } from '@conduct/core'
import type { ClaimId } from '@conduct/core'
import type { Lane } from '@conduct/lanes/engine'
import type { LaneConfig, LanesConfig } from '@conduct/config'
import { textValue } from '../arguments/values.ts'

/** Arguments that several lane commands take. */
export const lanePositional = {
  parse: textValue,
  placeholder: 'lane',
  brief: 'Name of the lane in lanes.yaml',
} as const

export const optionalLanePositional = { ...lanePositional, optional: true } as const

export const claimPositional = {
  parse: textValue,
  placeholder: 'claim',
  brief: 'Id of the claim, as lane show prints it; the start of it is enough',
} as const

export const reasonFlag = {
  kind: 'parsed',
  parse: textValue,
  placeholder: 'text',
  brief: 'Why; it is recorded and shown',
} as const

export const repoFlag = {
  kind: 'parsed',
  parse: textValue,
  optional: true,
  variadic: true,
  placeholder: 'repo',
  brief: 'A repo of lanes.yaml that the claim covers (scope: repo or repo_set)',
} as const

export const keyFlag = {
  kind: 'parsed',
  parse: textValue,
  optional: true,
  placeholder: 'key',
  brief: 'Durable key of what triggers it (push:shop:4f2a91c); the same key gets one claim',
} as const

export const projectFlag = {
  kind: 'parsed',
  parse: textValue,
  optional: true,
  placeholder: 'project',
  brief: 'The project that the claim covers (scope: project)',
} as const

/** The resource of a lane with `scope: global`. */
const wholeLane = '*'

/**
 * What a claim covers, from `--repo` and `--project` and the lane's scope.
 *
 * @throws ConductError USAGE: too few, too many, or not declared.
 */
export function claimedResources(
  config: LanesConfig,
  options: { readonly lane: string; readonly repo?: readonly string[]; readonly project?: string },
): readonly string[] {
  const { lane, repo = [], project } = options
  const scope: LaneConfig['scope'] = config.lanes.get(lane)?.scope ?? 'global'
  const refuse = (problem: string, hint: string): never => {
    throw new ConductError('USAGE', `lane ${lane} has scope ${scope}: ${problem}`, { hint })
  }
  const repos = [...config.repos.keys()]
  const unknown = repo.filter((name) => !config.repos.has(name))
  if (unknown.length > 0) {
    refuse(`there is no repo ${unknown.join(', ')}`, `Declared repos: ${repos.join(', ')}.`)
  }
  switch (scope) {
    case 'global':
      if (repo.length > 0 || project !== undefined) {
        refuse('a claim covers all of it', 'Leave --repo and --project out.')
      }
      return [wholeLane]
    case 'repo':
    case 'repo_set':
      if (project !== undefined) refuse('a claim covers repos, not a project', 'Name them with --repo.')
      if (repo.length === 0) refuse('say which repo', `Add --repo, one of: ${repos.join(', ')}.`)
      if (scope === 'repo' && repo.length > 1) refuse('a claim covers exactly one repo', 'Give --repo once.')
      return [...new Set(repo)]
    case 'project': {
      if (repo.length > 0) refuse('a claim covers a project, not repos', 'Name it with --project.')
      const projects = config.projects
      const only = projects.length === 1 ? projects[0] : undefined
      const chosen = project ?? only
      if (chosen === undefined || !projects.includes(chosen)) {
        return refuse('say which project', `Add --project, one of: ${projects.join(', ')}.`)
      }
      return [chosen]
    }
    default:
      return scope satisfies never
  }
}

/**
 * A claim of the lane by the start of its id.
 *
 * @throws ConductError CLAIM_UNKNOWN (4), USAGE when several begin like that.
 */
export async function findClaim(lane: Lane, start: string): Promise<ClaimId> {
  const view = await lane.inspect()
  const claims = [...new Set([...view.holders, ...view.waiting].map(({ claim }) => claim))]
  const exact = claims.find((claim) => claim === start)
  const matches = exact === undefined ? claims.filter((claim) => claim.startsWith(start)) : [exact]
  const [first, second] = matches
  if (first === undefined) {
    throw new ConductError('CLAIM_UNKNOWN', `lane ${lane.name} has no claim ${JSON.stringify(start)}`, {
      hint: claims.length === 0 ? 'Nobody holds it or waits for it.' : `There are: ${claims.join(', ')}.`,
    })
  }
  if (second !== undefined) {
    throw new ConductError(
      'USAGE',
      `several claims begin with ${JSON.stringify(start)}: ${matches.join(', ')}`,
      {
        hint: 'Type more of it.',
      },
    )
  }
  return first
}

/** `--until`: a duration from now (`2h`), or a time (`2026-05-01T12:00:00Z`) → milliseconds from now. */
export function untilValue(text: string): number {
  const duration = parseDuration(text)
  if (duration !== null) return duration
  const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new Error('it is neither a duration (2h) nor a time (2026-05-01T12:00:00Z)')
  if (at <= Date.now()) throw new Error('it is in the past')
  return at - Date.now()
}
