import { hashJson, type Plan, type PlanId, toTimestamp } from '@conduct/core'
import { wholeLane } from '@conduct/lanes/engine'
import { toBasis } from './basis.ts'
import { planCompensation } from './compensation.ts'
import { type PlanFacts, reposOf } from './plan-facts.ts'
import { planSteps } from './steps.ts'

const planValidMs = 24 * 3_600_000
const idLength = 8

/** Pure: the same facts give the same plan; the same basis the same hash and the same id. */
export function planFromSurvey(facts: PlanFacts): Plan {
  const { survey, matrix } = facts
  const basis = toBasis(facts)
  const hash = hashJson(basis)
  const repos = reposOf(survey)
  return {
    format: 1,
    id: hash.slice(0, idLength) as PlanId,
    hash,
    basis,
    resources: facts.lane.scope === 'global' ? [wholeLane] : repos.map((repo) => repo.name),
    repos: repos.map((repo) => ({
      repo: repo.name,
      commit: repo.commit,
      preflight: matrix.get(repo.name) ?? [],
    })),
    steps: planSteps(facts),
    compensation: planCompensation(survey, facts.train),
    unknowns: [...matrix].flatMap(([repo, rows]) =>
      rows.filter((row) => row.verdict === 'unknown').map((row) => `${row.check}:${repo}`),
    ),
    requestedBy: facts.requestedBy,
    createdAt: toTimestamp(facts.wallMs),
    expiresAt: toTimestamp(facts.wallMs + planValidMs),
  }
}
