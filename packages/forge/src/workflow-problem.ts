const dispatchable = /^\s*(?:on:.*|-\s*)?['"]?\bworkflow_dispatch\b/m
const input = /^\s+['"]?conduct_run['"]?\s*:/m
const runName = /^run-name\s*:.*\$\{\{[^}]*\b(?:inputs|github\.event\.inputs)\.conduct_run\b/m

/**
 * Why a workflow file cannot be dispatched and found again, or null. A run is told from others by an id of ours that
 * its name shows, so the file has to take the input `conduct_run` and put it into its `run-name`, on one line.
 * Reads lines, not YAML: a file that hides them in anchors is refused rather than believed.
 */
export function workflowProblem(text: string): string | null {
  const lines = text.replaceAll(/(^|\s)#.*$/gm, '')
  if (!dispatchable.test(lines)) return 'it has no workflow_dispatch trigger'
  if (!input.test(lines)) return 'its workflow_dispatch has no input conduct_run'
  if (!runName.test(lines))
    return 'its run-name does not show ${{ inputs.conduct_run }}, so its runs cannot be told apart'
  return null
}
