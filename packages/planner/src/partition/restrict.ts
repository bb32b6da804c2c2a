import type { Problem } from './problem.ts'

/** The same problem over some of its items only; position k of the result is `positions[k]`. */
export function restrict(problem: Problem, positions: readonly number[]): Problem {
  const places = new Map(positions.map((at, index) => [at, index]))
  const translate = (set: ReadonlySet<number> | undefined): Set<number> =>
    new Set([...(set ?? [])].flatMap((at) => places.get(at) ?? []))
  return {
    items: positions.flatMap((at) => problem.items[at] ?? []),
    apart: positions.map((at) => translate(problem.apart[at])),
    before: positions.map((at) => translate(problem.before[at])),
    policy: problem.policy,
  }
}
