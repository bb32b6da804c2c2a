/**
 * Names of steps: the same in a plan, in the journal, in `--json` and on a crash point. One place makes them.
 */
export const stepId = {
  publishWorkflow: (file: string) => `publish_workflow:${file}`,
  stage: (name: string, version: string) => `stage:${name}@${version}`,
  publish: (name: string, version: string) => `publish:${name}@${version}`,
  tag: (tag: string) => `tag:${tag}`,
  forgeRelease: (tag: string) => `forge_release:${tag}`,
  await: (name: string, version: string) => `await:${name}@${version}`,
  /** By pull request: the branch, the pull request, its place in a merge queue; then `adopt`, the merge. */
  propose: (repo: string) => `propose:${repo}`,
  pullRequest: (repo: string) => `pull_request:${repo}`,
  enqueue: (repo: string) => `enqueue:${repo}`,
  adopt: (repo: string) => `adopt:${repo}`,
  /** The branch of a pull request that was merged. */
  retireBranch: (repo: string) => `retire_branch:${repo}`,
  configure: (repo: string, name: string) => `configure:${repo}:${name}`,
  /** The checks of what is about to be deployed. */
  ownChecks: (repo: string) => `own_checks:${repo}`,
  deploy: (repo: string) => `deploy:${repo}`,
  /** `index` counts from 1. */
  postDeploy: (repo: string, index: number) => `post_deploy:${repo}:${index}`,
  verify: (repo: string) => `verify:${repo}`,
  rollback: (repo: string) => `rollback:${repo}`,
  // The way back, taken by `compensate`.
  /** The run's own pull request, closed where it is open. */
  withdrawProposal: (repo: string) => `withdraw_proposal:${repo}`,
  redeploy: (repo: string) => `redeploy:${repo}`,
  unconfigure: (repo: string, name: string) => `unconfigure:${repo}:${name}`,
  /** By pull request: as with an adoption; then `revert`, the merge. */
  proposeRevert: (repo: string) => `propose_revert:${repo}`,
  revertPullRequest: (repo: string) => `revert_pull_request:${repo}`,
  enqueueRevert: (repo: string) => `enqueue_revert:${repo}`,
  revert: (repo: string) => `revert:${repo}`,
  retireRevert: (repo: string) => `retire_revert:${repo}`,
  distTag: (name: string, tag: string) => `dist_tag:${name}@${tag}`,
  deprecate: (name: string, version: string) => `deprecate:${name}@${version}`,
  withdrawRelease: (tag: string) => `withdraw_release:${tag}`,
  stays: (what: string) => `stays:${what}`,
  // Without an effect of their own: the plan lists them, so that it shows the whole journey.
  claim: (lane: string) => `claim:${lane}`,
  survey: (repo: string) => `survey:${repo}`,
  preflight: (repo: string) => `preflight:${repo}`,
  check: (repo: string) => `check:${repo}`,
  /** At the forge, where approvals are given there. */
  ask: () => 'ask',
  approve: () => 'approve',
  report: () => 'report',
  release: (lane: string) => `release:${lane}`,
} as const

/** What a step does; crash points are named after it. */
export type StepKind = keyof typeof stepKinds

export const stepKinds = {
  ask: 'approve',
  publish_workflow: 'publish',
  stage: 'publish',
  publish: 'publish',
  tag: 'publish',
  forge_release: 'publish',
  await: 'await',
  propose: 'adopt',
  pull_request: 'adopt',
  enqueue: 'adopt',
  adopt: 'adopt',
  retire_branch: 'adopt',
  configure: 'configure',
  deploy: 'deploy',
  post_deploy: 'deploy',
  verify: 'verify',
  rollback: 'verify',
  redeploy: 'undo',
  unconfigure: 'undo',
  withdraw_proposal: 'undo',
  propose_revert: 'undo',
  revert_pull_request: 'undo',
  enqueue_revert: 'undo',
  revert: 'undo',
  retire_revert: 'undo',
  dist_tag: 'undo',
  deprecate: 'undo',
  withdraw_release: 'undo',
} as const
