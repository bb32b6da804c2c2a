import { toCommitId } from '@conduct/core'
import type {
  DispatchOutcome,
  DispatchWorkflow,
  RunWatch,
  WorkflowRun,
  WorkflowState,
} from '../ports/workflow.ts'
import { type Reading, absent, present, unknown } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { errorFrom, unknownFrom } from './failures.ts'
import type { Place } from './place.ts'
import { watch } from './watch.ts'

interface RawRun {
  readonly id: number
  readonly html_url: string
  readonly display_title: string
  readonly head_sha: string
  readonly status: string | null
  readonly conclusion: string | null
  readonly run_attempt?: number
}

export async function readWorkflow(
  client: GithubClient,
  place: Place,
  file: string,
): Promise<Reading<WorkflowState>> {
  const answer = await client.look(`reading workflow ${file} of ${place.owner}/${place.repo}`, (octokit) =>
    octokit.rest.actions.getWorkflow({ ...place, workflow_id: fileName(file) }),
  )
  if (answer.kind === 'absent') return absent
  if (answer.kind !== 'ok') return unknownFrom(answer)
  const { id, path, state } = answer.data
  return present({ id, path, isActive: state === 'active', said: state })
}

/** By the id in its name, never by being the newest. */
export async function findWorkflowRun(
  client: GithubClient,
  place: Place,
  options: { readonly file: string; readonly conductRun: string },
): Promise<Reading<WorkflowRun>> {
  const what = `looking for the run of ${options.file} that shows ${options.conductRun}`
  const answer = await client.lookAll(what, async (octokit, page) => {
    const response = await octokit.rest.actions.listWorkflowRuns({
      ...place,
      ...page,
      workflow_id: fileName(options.file),
      event: 'workflow_dispatch',
    })
    return { ...response, data: response.data.workflow_runs }
  })
  if (answer.kind !== 'ok') return unknownFrom(answer)
  const ours = answer.data.filter((run) => showsId(run.display_title, options.conductRun))
  const [first] = ours
  if (first === undefined) return absent
  if (ours.length > 1) return unknown(`${what}: ${ours.length} runs show it, and only one can be ours`)
  return present(toRun(first))
}

/**
 * Dispatches once: a run that already shows our id is taken instead, before and after a request whose outcome nobody
 * saw.
 *
 * @throws ConductError FORGE_REFUSED (no such workflow, input or ref; not dispatchable), FORGE_LIMITED, FORGE_UNREACHABLE
 */
export async function dispatchWorkflow(
  client: GithubClient,
  place: Place,
  options: DispatchWorkflow,
): Promise<DispatchOutcome> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{5,99}$/.test(options.conductRun)) {
    throw new Error(`invariant broken: an id of a dispatch is a word: ${JSON.stringify(options.conductRun)}`)
  }
  const before = await findWorkflowRun(client, place, options)
  if (before.state === 'present') return { outcome: 'found', run: before.value }
  if (before.state === 'unknown') return { outcome: 'unsent', reason: before.reason }
  const answer = await client.change(
    `dispatching ${options.file} of ${place.owner}/${place.repo}`,
    (octokit) =>
      octokit.rest.actions.createWorkflowDispatch({
        ...place,
        workflow_id: fileName(options.file),
        ref: options.ref,
        inputs: { ...options.inputs, conduct_run: options.conductRun },
      }),
  )
  if (answer.kind === 'silent' && answer.isUnsent === true) return { outcome: 'unsent', reason: answer.said }
  if (answer.kind !== 'ok' && answer.kind !== 'silent') throw errorFrom(answer)
  const { last } = await watch(client, {
    withinMs: options.appearsWithinMs,
    look: () => findWorkflowRun(client, place, options),
    isSettled: ({ state }) => state === 'present',
  })
  if (last.state === 'present') return { outcome: 'dispatched', run: last.value }
  const sent = answer.kind === 'ok' ? 'it was dispatched' : answer.said
  return {
    outcome: 'unseen',
    reason: `${sent}, and ${last.state === 'unknown' ? last.reason : `no run shows ${options.conductRun}`}`,
  }
}

export async function watchWorkflowRun(
  client: GithubClient,
  place: Place,
  options: { readonly id: number; readonly withinMs: number },
): Promise<RunWatch> {
  const { last } = await watch(client, {
    withinMs: options.withinMs,
    look: () => readRun(client, place, options.id),
    isSettled: (seen) => seen.state === 'present' && seen.value.conclusion !== null,
  })
  if (last.state === 'absent') return { outcome: 'unknown', reason: `run ${options.id} is not shown to us` }
  if (last.state === 'unknown') return { outcome: 'unknown', reason: last.reason }
  const run = last.value
  if (run.conclusion === null) return { outcome: 'waiting', run }
  return { outcome: run.conclusion === 'success' ? 'succeeded' : 'failed', run }
}

async function readRun(client: GithubClient, place: Place, id: number): Promise<Reading<WorkflowRun>> {
  const answer = await client.look(`reading run ${id} of ${place.owner}/${place.repo}`, (octokit) =>
    octokit.rest.actions.getWorkflowRun({ ...place, run_id: id }),
  )
  if (answer.kind === 'absent') return absent
  return answer.kind === 'ok' ? present(toRun(answer.data)) : unknownFrom(answer)
}

function toRun(raw: RawRun): WorkflowRun {
  return {
    id: raw.id,
    url: raw.html_url,
    title: raw.display_title,
    head: toCommitId(raw.head_sha),
    status: raw.status ?? 'unknown',
    conclusion: raw.status === 'completed' ? raw.conclusion : null,
    attempt: raw.run_attempt ?? 1,
  }
}

/** The id as a word of its own: `8f2c-shop` is not in `8f2c-shop-2`. */
function showsId(title: string, id: string): boolean {
  return title.split(/[^A-Za-z0-9_-]+/).includes(id)
}

function fileName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}
