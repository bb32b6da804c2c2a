import type { LaneView } from '@conduct/lanes/engine'
import { type LaneRule, type NeededLane, neededLanes } from './needed-lanes.ts'
import { isSameName, type Task } from './task.ts'

export interface NextTask {
  readonly task: Task
  readonly needs: readonly NeededLane[]
}

export interface LeftOut {
  readonly task: string
  readonly because: string
}

/**
 * Pure: work that can be picked up this moment, the most urgent first: in the state that means so, not in line anywhere,
 * and in need of no lane that somebody else holds or waits for, nor of the one to stay away from.
 */
export function chooseNext(options: {
  readonly tasks: readonly Task[]
  readonly ready: string
  readonly rules: readonly LaneRule[]
  readonly views: readonly LaneView[]
  /** Tasks for which a claim stands in line, or which somebody else holds a lane for. */
  readonly claimed: ReadonlySet<string>
  readonly asker: string
  readonly avoid: string | null
}): { readonly next: NextTask | null; readonly leftOut: readonly LeftOut[] } {
  const { tasks, ready, rules, claimed } = options
  const leftOut: LeftOut[] = []
  const inOrder = tasks
    .filter((task) => isSameName(task.state, ready) && task.batch === null)
    .toSorted(compareTasks)
  for (const task of inOrder) {
    const needs = neededLanes(task, rules)
    const because = claimed.has(task.id)
      ? 'somebody waits for a lane with it, or holds one'
      : obstacle(needs, options)
    if (because === null) return { next: { task, needs }, leftOut }
    leftOut.push({ task: task.id, because })
  }
  return { next: null, leftOut }
}

function obstacle(
  needs: readonly NeededLane[],
  { views, asker, avoid }: Pick<Parameters<typeof chooseNext>[0], 'views' | 'asker' | 'avoid'>,
): string | null {
  for (const { lane, flag, resources } of needs) {
    if (lane === avoid) return `it needs ${lane} (${flag})`
    const view = views.find((each) => each.lane === lane)
    const others = [...(view?.holders ?? []), ...(view?.waiting ?? [])].filter(
      (claim) =>
        claim.holder !== asker &&
        (resources === null || claim.resources.some((resource) => resources.includes(resource))),
    )
    const [first] = others
    if (first !== undefined) return `${lane} (${flag}) is held or waited for by ${first.holder}`
    if (view !== undefined && view.paused !== null)
      return `${lane} (${flag}) is paused: ${view.paused.reason}`
  }
  return null
}

/** Priority, then age, then id: the same for everybody who asks. */
function compareTasks(one: Task, other: Task): number {
  return (
    other.priority - one.priority ||
    (one.added?.at ?? '').localeCompare(other.added?.at ?? '') ||
    (one.id < other.id ? -1 : 1)
  )
}
