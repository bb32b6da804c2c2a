import { isSameName, type Task } from './task.ts'

/** What lanes.yaml says about a lane, as far as tasks are concerned. */
export interface LaneRule {
  readonly lane: string
  readonly scope: 'global' | 'repo' | 'repo_set' | 'project'
  readonly flags: readonly string[]
}

export interface NeededLane {
  readonly lane: string
  readonly flag: string
  /** What of it; null: the task does not say, so any of it. */
  readonly resources: readonly string[] | null
}

/** The lanes that a task's flags call for. */
export function neededLanes(task: Task, rules: readonly LaneRule[]): readonly NeededLane[] {
  return rules.flatMap((rule) => {
    const flag = rule.flags.find((each) => task.flags.some((mine) => isSameName(mine, each)))
    return flag === undefined ? [] : [{ lane: rule.lane, flag, resources: resourcesOf(task, rule.scope) }]
  })
}

/** Every flag that some lane knows, each once, as lanes.yaml writes it. */
export function knownFlags(rules: readonly LaneRule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ flags }) => flags))].sort()
}

function resourcesOf(task: Task, scope: LaneRule['scope']): readonly string[] | null {
  switch (scope) {
    case 'global':
      return ['*']
    case 'project':
      return task.project === null ? null : [task.project]
    case 'repo':
    case 'repo_set':
      return task.repos.length === 0 ? null : task.repos
    default:
      return scope satisfies never
  }
}
