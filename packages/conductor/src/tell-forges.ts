import { ConductError, type Deployed, type RunRecord } from '@conduct/core'
import type { DeploymentState, RepoAtForge, WriteCommitStatus } from '@conduct/forge'
import { ownStatusPrefix } from '@conduct/forge'
import type { RunResult } from './api.ts'
import type { TrainContext } from './context.ts'

/** All of it together; a forge that is slow to take notes holds nobody up. */
const tellingMsMax = 30_000
const deploymentTrigger = /^\s*(?:on:.*|-\s*)?['"]?\bdeployment\b['"]?\s*(?::|,|\]|$)/m

/**
 * Writes down at the forge what became of a run, for those who look there: a status on the producer's commit, a
 * deployment for each deploy. It decides nothing and never fails a run; told again by a resume, it is written once.
 */
export async function tellForges(context: TrainContext, result: RunResult): Promise<RunResult> {
  const { record } = result
  if (!record.irreversibleDone || record.plan === null || context.signal.aborted) return result
  const { producer } = record.plan.basis
  const told = Promise.all([
    withForge(context, producer.repo, ({ repository }) =>
      repository.writeCommitStatus({ commit: producer.commit, ...statusOf(context, record) }),
    ),
    ...record.deployed
      .filter(({ verified }) => verified !== 'nothing_dispatched')
      .map((deployed) =>
        withForge(context, deployed.repo, (at) => writeDeployment(context, at, { record, deployed })),
      ),
  ])
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), tellingMsMax)
  await Promise.race([told, late.promise])
  clearTimeout(timer)
  return result
}

async function withForge(
  context: TrainContext,
  repo: string,
  write: (at: RepoAtForge) => Promise<void>,
): Promise<void> {
  try {
    const at = await context.forge(repo)
    if (at !== null) await write(at)
  } catch (error) {
    if (context.signal.aborted) return
    if (!(error instanceof ConductError)) throw error
    const message = `${repo}: nothing was noted at the forge: ${error.message}`
    context.emit({ type: 'warning', code: error.code, message })
  }
}

function statusOf(
  context: TrainContext,
  record: RunRecord,
): Pick<WriteCommitStatus, 'context' | 'state' | 'description'> {
  const published = record.published.map((one) => `${one.package} ${one.version}`)
  const adopted = new Set(record.adopted.map(({ repo }) => repo))
  const done = [
    ...(published.length === 0 ? [] : [`published ${published.join(', ')}`]),
    ...(adopted.size === 0 ? [] : [`adopted in ${[...adopted].join(', ')}`]),
  ]
  const ended = `run ${record.run}: ${done.length === 0 ? record.state : done.join('; ')}`
  const stopped = `run ${record.run}: ${record.stop?.message.split('\n', 1)[0] ?? record.state}`
  const name = `${ownStatusPrefix}${context.trainName}`
  if (record.state === 'done') return { context: name, state: 'success', description: ended }
  const waits = record.state === 'waiting_merge' || record.state === 'waiting_approval'
  return { context: name, state: waits ? 'pending' : 'failure', description: stopped }
}

async function writeDeployment(
  context: TrainContext,
  { repository }: RepoAtForge,
  { record, deployed }: { readonly record: RunRecord; readonly deployed: Deployed },
): Promise<void> {
  const { repo, sha: commit, target } = deployed
  if (await wouldStartSomething(context, deployed)) return
  const deployment = await repository.recordDeployment({
    commit,
    environment: `conduct-${context.trainName}`,
    description: `run ${record.run} of train ${context.trainName}`,
    conductRun: `${record.run}:${repo}`,
  })
  await repository.writeDeploymentState({
    deployment: deployment.id,
    state: stateOf(context, deployed),
    description: `run ${record.run}: ${deployed.verified === 'yes' ? 'verified' : 'deployed'}`,
    ...(/^https?:\/\//.test(target) ? { environmentUrl: target } : {}),
  })
}

function stateOf({ train }: TrainContext, { repo, verified, rollback }: Deployed): DeploymentState {
  if (rollback !== null) return 'failure'
  const isVerified = train.consumers.find((consumer) => consumer.repo === repo)?.deploy.verify !== null
  if (verified === 'yes' || !isVerified) return 'success'
  return verified === 'no' ? 'failure' : 'error'
}

/** A workflow that starts when a deployment is noted would take the note for an order. */
async function wouldStartSomething(context: TrainContext, { repo, sha }: Deployed): Promise<boolean> {
  const mirror = await context.mirror(repo)
  const files = await mirror.listFiles(sha, ['.github/workflows'])
  const texts = await Promise.all(files.map((file) => mirror.readFile(sha, file)))
  return texts.some((text) => text !== null && startsByDeployment(text))
}

/** Reads lines, not YAML: one too many is left without a note. */
export function startsByDeployment(workflow: string): boolean {
  return deploymentTrigger.test(workflow.replaceAll(/#.*$/gm, ''))
}
