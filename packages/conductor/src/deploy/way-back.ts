import { assertNever } from '@conduct/core'
import type { Command, Deploy } from '@conduct/config'
import { expandCommand, showCommand } from '../template.ts'

/** How a target gets back to what ran before; `command: null`: there is no way, and `action` says why. Pure. */
export type WayBack =
  | { readonly command: Command | 'rewind'; readonly action: string }
  | { readonly command: null; readonly action: string }

/**
 * A rollback needs to know what ran before: without it (a first deploy, or nobody could tell) there is none, whatever
 * command is declared.
 */
export function wayBackOf(
  deploy: Deploy,
  target: { readonly previous: string | null; readonly repo: string },
): WayBack {
  const { previous, repo } = target
  if (previous === null) {
    return { command: null, action: 'no rollback: what ran before this deploy is not known, or nothing did' }
  }
  if (deploy.rollback !== null) {
    const shown = showCommand(expandCommand(deploy.rollback, { previous_sha: previous, repo }))
    return { command: deploy.rollback, action: `deploy ${previous} again: ${shown}` }
  }
  const { strategy } = deploy
  switch (strategy.kind) {
    case 'git_push':
      return {
        command: 'rewind',
        action: `deploy ${previous} again: ${strategy.branch} of ${strategy.remote} goes back to it`,
      }
    case 'command':
    case 'github_workflow':
    case 'none':
      return { command: null, action: `no rollback to ${previous}: none is declared` }
    default:
      return assertNever(strategy)
  }
}

/** Whether anything says what runs at the target before it is deployed. */
export function canTellPrevious(deploy: Pick<Deploy, 'previous' | 'strategy'>): boolean {
  return deploy.previous !== null || deploy.strategy.kind === 'git_push'
}
