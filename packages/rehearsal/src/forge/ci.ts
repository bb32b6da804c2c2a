import type { Report, Repository } from './state.ts'

export const ciApp = 15_368

const asked = new WeakMap<Repository, Map<string, number>>()

/** Somebody asks what CI says of a commit: it has begun, or is done by now. */
export function letCiWork(repository: Repository, commit: string): void {
  const { ci } = repository
  if (ci === null) return
  const questions = asked.get(repository) ?? new Map<string, number>()
  asked.set(repository, questions)
  const before = questions.get(commit) ?? 0
  questions.set(commit, before + 1)
  const report = (status: Report['status'], conclusion: string | null): void => {
    repository.reports.push({ commit, name: ci.check, status, conclusion, appId: ciApp })
  }
  if (before === 0) report('in_progress', null)
  if (before === ci.reportsAfter && ci.conclusion !== null) report('completed', ci.conclusion)
}
