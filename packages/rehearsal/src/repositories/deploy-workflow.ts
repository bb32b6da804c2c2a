import type { Files } from './files.ts'

/** Name of the workflow that deploys an app, in its own repository. */
export const deployWorkflow = 'deploy.yml'

/** What may be given to it. */
export const deployInputs = ['conduct_run', 'sha'] as const

/** What its one step runs; the double of GitHub runs it in a checkout of the commit that it was dispatched on. */
export function deployCommand(sha: string): readonly string[] {
  return ['bin/deploy', '--sha', sha]
}

export const deployWorkflowFiles: Files = {
  [`.github/workflows/${deployWorkflow}`]: `name: deploy
# The id of a train's run stands in the name, so that whoever dispatched one finds it again.
run-name: deploy \${{ inputs.conduct_run }}
on:
  workflow_dispatch:
    inputs:
      conduct_run:
        required: true
      sha:
        required: true
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ${deployCommand('"${{ inputs.sha }}"').join(' ')}
`,
}
