import { type Asked, type Route, htmlUrl, mayWrite, notFound, ok, page, refusal, text } from '../route.ts'
import type { Repository, Run, Workflow } from '../state.ts'

export const workflowRoutes: readonly Route[] = [
  {
    operation: 'workflows',
    answer(asked) {
      const { workflows } = asked.repository
      return ok({ total_count: workflows.length, workflows: page(asked, workflows).map(workflow) })
    },
  },
  {
    operation: 'workflow',
    answer(asked) {
      const found = workflowOf(asked)
      return found === undefined ? notFound : ok(workflow(found))
    },
  },
  { operation: 'dispatch', answer: dispatch },
  {
    operation: 'workflow-runs',
    answer(asked) {
      const wanted = workflowOf(asked)
      if (wanted === undefined) return notFound
      const runs = asked.repository.runs.filter((run) => run.workflow === wanted)
      const shown = runs.filter(({ hiddenFor }) => hiddenFor <= 0)
      for (const run of runs) run.hiddenFor -= 1
      return ok({
        total_count: shown.length,
        workflow_runs: page(asked, shown.toReversed()).map((run) => rendered(asked.repository, run)),
      })
    },
  },
  {
    operation: 'run',
    answer({ repository, params }) {
      const run = repository.runs.find(({ id }) => String(id) === params['run_id'])
      return run === undefined ? notFound : ok(rendered(repository, run))
    },
  },
]

async function dispatch(asked: Asked) {
  const { repository, body, state } = asked
  const wanted = workflowOf(asked)
  if (wanted === undefined || !mayWrite(asked)) return notFound
  if (wanted.state !== 'active') return refusal(422, 'Cannot trigger a disabled workflow')
  const head = await repository.git.head(text(body['ref']))
  if (head === null) return refusal(422, `No ref found for: ${text(body['ref'])}`)
  const inputs = (body['inputs'] ?? {}) as Readonly<Record<string, unknown>>
  const unexpected = Object.keys(inputs).filter((name) => !wanted.inputs.includes(name))
  if (unexpected.length > 0) return refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`)
  const run: Run = {
    id: state.nextId(),
    workflow: wanted,
    title: wanted.runName(inputs),
    head,
    inputs,
    hiddenFor: wanted.showsAfter,
    status: 'queued',
    conclusion: null,
  }
  repository.runs.push(run)
  if (wanted.job !== undefined) void work(run, wanted.job)
  return { status: 204, body: null }
}

/** A job that breaks down has failed. */
async function work(run: Run, job: NonNullable<Workflow['job']>): Promise<void> {
  run.status = 'in_progress'
  const conclusion = await job(run).catch((error: unknown) => {
    process.stderr.write(`${run.workflow.file}, run ${run.id}: ${String(error)}\n`)
    return 'failure'
  })
  Object.assign(run, { status: 'completed', conclusion })
}

function workflowOf({ repository, params }: Asked): Workflow | undefined {
  const wanted = params['workflow_id']
  return repository.workflows.find(({ id, file }) => file === wanted || String(id) === wanted)
}

function workflow({ id, file, state }: Workflow): object {
  return { id, name: file, path: `.github/workflows/${file}`, state }
}

function rendered(repository: Repository, run: Run): object {
  return {
    id: run.id,
    workflow_id: run.workflow.id,
    display_title: run.title,
    event: 'workflow_dispatch',
    head_sha: run.head,
    head_branch: 'main',
    path: `.github/workflows/${run.workflow.file}`,
    status: run.status,
    conclusion: run.conclusion,
    run_attempt: 1,
    html_url: htmlUrl(repository, `actions/runs/${run.id}`),
  }
}
