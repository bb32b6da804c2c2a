import { ConductError } from '@conduct/core'
import { commandTarget } from './command.ts'
import { gitPushTarget } from './git-push.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'

/** The target of a consumer by its declared strategy; null: nothing is deployed. */
export function openTarget(place: DeployPlace): DeployTarget | null {
  const { strategy } = place.deploy
  switch (strategy.kind) {
    case 'none':
      return null
    case 'command':
      return commandTarget(place, strategy.run)
    case 'git_push':
      return gitPushTarget(place, strategy)
    case 'github_workflow':
      throw new ConductError(
        'DEPLOY_UNSUPPORTED',
        `${place.name}: this conduct cannot deploy by ${strategy.kind} yet`,
      )
    default:
      return strategy satisfies never
  }
}
