import { ConductError, toCommitId } from '@conduct/core'
import type {
  Deployment,
  RecordDeployment,
  WriteCommitStatus,
  WriteDeploymentState,
} from '../ports/records.ts'
import type { GithubClient } from './client.ts'
import { errorFrom } from './failures.ts'
import type { Place } from './place.ts'

/** GitHub cuts nothing: a longer description is refused. */
const descriptionLengthMax = 140
const task = 'conduct:deploy'

/** Written only if the newest of its context says something else. */
export async function writeCommitStatus(
  client: GithubClient,
  place: Place,
  wanted: WriteCommitStatus,
): Promise<void> {
  const what = `writing status ${wanted.context} on ${wanted.commit.slice(0, 7)} of ${place.owner}/${place.repo}`
  const description = shortened(wanted.description)
  const now = await client.lookAll(what, async (octokit, page) => {
    const response = await octokit.rest.repos.getCombinedStatusForRef({
      ...place,
      ...page,
      ref: wanted.commit,
    })
    return { ...response, data: response.data.statuses }
  })
  if (now.kind !== 'ok') throw errorFrom(now)
  const same = now.data.find(({ context }) => context === wanted.context)
  const url = wanted.url ?? null
  if (same?.state === wanted.state && same.description === description && (same.target_url ?? null) === url)
    return
  const answer = await client.change(what, (octokit) =>
    octokit.rest.repos.createCommitStatus({
      ...place,
      sha: wanted.commit,
      context: wanted.context,
      state: wanted.state,
      description,
      ...(url === null ? {} : { target_url: url }),
    }),
  )
  if (answer.kind !== 'ok') throw errorFrom(answer)
}

/** The deployment that carries our id, or a new one. */
export async function recordDeployment(
  client: GithubClient,
  place: Place,
  wanted: RecordDeployment,
): Promise<Deployment> {
  const before = await findDeployment(client, place, wanted)
  if (before !== null) return before
  const what = `recording a deployment to ${wanted.environment} of ${place.owner}/${place.repo}`
  const answer = await client.change<RawDeployment | { readonly message?: string }>(what, (octokit) =>
    octokit.rest.repos.createDeployment({
      ...place,
      ref: wanted.commit,
      task,
      environment: wanted.environment,
      description: shortened(wanted.description),
      payload: { conduct_run: wanted.conductRun },
      // The train has asked for its verdict already, and merging is no business of a record.
      required_contexts: [],
      auto_merge: false,
    }),
  )
  if (answer.kind === 'ok' && 'sha' in answer.data) return toDeployment(answer.data)
  const after = answer.kind === 'silent' ? await findDeployment(client, place, wanted) : null
  if (after !== null) return after
  throw answer.kind === 'ok'
    ? new ConductError(
        'FORGE_REFUSED',
        `${what}: ${'message' in answer.data ? answer.data.message : 'nothing was recorded'}`,
      )
    : errorFrom(answer)
}

/** Written only if the newest state says something else. */
export async function writeDeploymentState(
  client: GithubClient,
  place: Place,
  wanted: WriteDeploymentState,
): Promise<void> {
  const what = `writing the state of deployment ${wanted.deployment} of ${place.owner}/${place.repo}`
  const at = { ...place, deployment_id: wanted.deployment }
  const description = shortened(wanted.description)
  const now = await client.lookAll(what, (octokit, page) =>
    octokit.rest.repos.listDeploymentStatuses({ ...at, ...page }),
  )
  if (now.kind !== 'ok') throw errorFrom(now)
  const latest = now.data.toSorted((a, b) => b.id - a.id)[0]
  if (latest?.state === wanted.state && latest.description === description) return
  const answer = await client.change(what, (octokit) =>
    octokit.rest.repos.createDeploymentStatus({
      ...at,
      state: wanted.state,
      description,
      ...(wanted.logUrl === undefined ? {} : { log_url: wanted.logUrl }),
      ...(wanted.environmentUrl === undefined ? {} : { environment_url: wanted.environmentUrl }),
    }),
  )
  if (answer.kind !== 'ok') throw errorFrom(answer)
}

async function findDeployment(
  client: GithubClient,
  place: Place,
  wanted: RecordDeployment,
): Promise<Deployment | null> {
  const { commit: sha, environment } = wanted
  const what = `looking for the deployment of ${sha.slice(0, 7)} to ${environment} of ${place.owner}/${place.repo}`
  const answer = await client.lookAll(what, (octokit, page) =>
    octokit.rest.repos.listDeployments({ ...place, ...page, sha, environment, task }),
  )
  if (answer.kind !== 'ok') throw errorFrom(answer)
  const ours = answer.data.find(({ payload }) => runIn(payload) === wanted.conductRun)
  return ours === undefined ? null : toDeployment(ours)
}

/** A payload comes back as it was sent, or as its text. */
function runIn(payload: unknown): unknown {
  if (typeof payload === 'string') {
    try {
      return runIn(JSON.parse(payload))
    } catch {
      return null
    }
  }
  return typeof payload === 'object' && payload !== null && 'conduct_run' in payload
    ? payload.conduct_run
    : null
}

interface RawDeployment {
  readonly id: number
  readonly sha: string
  readonly environment: string
}

function toDeployment(raw: RawDeployment): Deployment {
  return { id: raw.id, commit: toCommitId(raw.sha), environment: raw.environment }
}

function shortened(text: string): string {
  return text.length <= descriptionLengthMax ? text : `${text.slice(0, descriptionLengthMax - 1)}…`
}
