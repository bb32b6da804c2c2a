import type { WorkItem } from '@conduct/forge'
import { isSameName, newTask, type Task, type TaskMove } from './task.ts'

/** An issue whose labels name one state, or how it was closed; several of them are no state that could be compared. */
export type IssueState =
  | { readonly kind: 'state'; readonly state: string }
  | { readonly kind: 'ambiguous'; readonly labels: readonly string[] }

export function stateOfIssue({ state, labels }: WorkItem, states: readonly string[]): IssueState {
  if (state === 'completed') return { kind: 'state', state: 'done' }
  if (state === 'dropped') return { kind: 'state', state: 'failed' }
  const found = labels.filter((label) => states.some((each) => isSameName(each, label)))
  const [first, second] = found
  if (second !== undefined) return { kind: 'ambiguous', labels: found }
  return { kind: 'state', state: first ?? 'open' }
}

/** What an issue becomes in another state; labels that are no states stay. */
export function issueIn(
  { labels }: WorkItem,
  to: string,
  states: readonly string[],
): { readonly labels: readonly string[]; readonly state: WorkItem['state'] } {
  const others = labels.filter((label) => !states.some((each) => isSameName(each, label)))
  if (isSameName(to, 'done')) return { labels: others, state: 'completed' }
  if (isSameName(to, 'failed')) return { labels: others, state: 'dropped' }
  const label = states.find((each) => isSameName(each, to))
  return { labels: label === undefined ? others : [...others, label], state: 'open' }
}

/** Whether an issue can be in that state at all. */
export function isStateOfIssues(name: string, states: readonly string[]): boolean {
  return [...states, 'open', 'done', 'failed'].some((each) => isSameName(each, name))
}

/**
 * @param moved what conduct knows of its last move; only where that is what the issue shows. Whoever moved it at the
 *   forge since is not known.
 */
export function toTask(
  item: WorkItem,
  place: {
    readonly id: string
    readonly state: string
    readonly flags: readonly string[]
    readonly repo: string
    readonly noted: {
      readonly state: string
      readonly moved: TaskMove | null
      readonly records: number
    } | null
  },
): Task {
  const { id, state, flags, repo, noted } = place
  const isNoted = noted !== null && isSameName(noted.state, state)
  return {
    ...newTask(id, state),
    title: item.title,
    moved: isNoted ? noted.moved : null,
    flags: flags.filter((flag) => item.labels.some((label) => isSameName(label, flag))),
    repos: [repo],
    added: { by: item.author ?? 'somebody', at: item.at, key: null, duplicates: 0 },
    records: noted?.records ?? 0,
  }
}
