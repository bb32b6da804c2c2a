import { dirname, resolve } from 'node:path'
import { type CheckoutState, inspectCheckout } from '@conduct/git'
import { green, notApplicable, red, type Row } from '../row.ts'

const pathsShownMax = 5

/** A declared local checkout holds nothing that the train would leave behind. It is only looked at. */
export const row: Row = {
  check: 'checkout',
  over: 'every',
  async judge({ context, frozen, evidence }) {
    if (frozen.repo.path === null) return notApplicable('No local checkout is declared.')
    const path = resolve(dirname(context.configPath), frozen.repo.path)
    const state = await inspectCheckout({
      path,
      main: frozen.main,
      remoteHead: await evidence.remoteHead(frozen),
      mirrorPath: frozen.mirror.path,
      signal: context.signal,
    })
    const problems = findProblems(state, frozen.main)
    const one = '1 of 1 checkouts'
    if (problems.length === 0) return green(one, `${path} is on ${frozen.main}, clean, and fully pushed.`)
    return red(one, `${path}: ${problems.join('; ')}.`)
  },
}

function findProblems(state: CheckoutState, main: string): readonly string[] {
  const problems: string[] = []
  if (state.inProgress !== null) problems.push(`in the middle of a ${state.inProgress}: finish or abort it`)
  if (state.branch !== main) problems.push(`on ${state.branch ?? 'no branch'}, not on ${main}: switch to it`)
  if (state.dirtyPaths.length > 0) {
    const shown = state.dirtyPaths.slice(0, pathsShownMax).join(', ')
    const more = state.dirtyPaths.length - pathsShownMax
    problems.push(
      `${state.dirtyPaths.length} changed or untracked (${shown}${more > 0 ? ` and ${more} more` : ''}): commit or remove them`,
    )
  }
  if (state.unpushedCommits > 0) {
    problems.push(`${state.unpushedCommits} unpushed on ${main}: push them or drop them`)
  }
  if (state.stashesOnMain > 0) {
    problems.push(`${state.stashesOnMain} stashed on ${main}: apply or drop what is stashed`)
  }
  return problems
}
