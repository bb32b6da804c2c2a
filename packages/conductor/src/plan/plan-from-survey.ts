import { type CommitId, hashJson, type Override, type Plan, type PlanId, toTimestamp } from '@conduct/core'
import type { LaneConfig, Train } from '@conduct/config'
import type { PreflightMatrix, Survey } from '../context.ts'
import { toBasis } from './basis.ts'
import { planCompensation } from './compensation.ts'
import { planSteps } from './steps.ts'

export const planValidMs = 24 * 3_600_000
const idLength = 8

export interface PlanFacts {
  readonly trainName: string
  readonly train: Train
  readonly lane: LaneConfig
  readonly configCommit: CommitId | null
  readonly configHash: string
  readonly survey: Survey
  readonly matrix: PreflightMatrix
  readonly overrides: readonly Override[]
  readonly requestedBy: string
  readonly wallMs: number
}

/** Pure: the same facts give the same plan; the same basis the same hash and the same id. */
export function planFromSurvey(facts: PlanFacts): Plan {
  const { survey, matrix } = facts
  const basis = toBasis(facts)
  const hash = hashJson(basis)
  const repos = [survey.producer, ...survey.consumers]
  return {
    format: 1,
    id: hash.slice(0, idLength) as PlanId,
    hash,
    basis,
    resources: [...new Set(repos.map((repo) => repo.name))],
    repos: repos.map((repo) => ({
      repo: repo.name,
      commit: repo.commit,
      preflight: matrix.get(repo.name) ?? [],
    })),
    steps: planSteps(facts),
    compensation: planCompensation(survey),
    unknowns: [...matrix].flatMap(([repo, rows]) =>
      rows.filter((row) => row.verdict === 'unknown').map((row) => `${row.check}:${repo}`),
    ),
    requestedBy: facts.requestedBy,
    createdAt: toTimestamp(facts.wallMs),
    expiresAt: toTimestamp(facts.wallMs + planValidMs),
  }
}
