import { commandTarget } from './command.ts'
import { gitPushTarget } from './git-push.ts'
import { githubWorkflowTarget } from './github-workflow.ts'
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
      return githubWorkflowTarget(place, strategy)
    default:
      return strategy satisfies never
  }
}
