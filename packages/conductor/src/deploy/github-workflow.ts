import { ConductError } from '@conduct/core'
import type { ForgeRepository, RunWatch, WorkflowRun } from '@conduct/forge'
import {
  type BegunDispatch,
  type DispatchFacts,
  appearsWithinMs,
  lookForBegun,
  maybeDispatched,
  undecidedDispatch,
} from '../begun-dispatch.ts'
import type { Facts } from '../journal/journal-record.ts'
import type { Acted, Observation } from '../step.ts'
import { stepId } from '../step-id.ts'
import { expandText } from '../template.ts'
import { rollBackByCommand, runningByCommand } from './command.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'

/** Kept free of the deploy's own time, so that the watch ends before the step is cut off. */
const watchSlackMs = 5000
/** Dispatches of one deploy in one run that failed, each followed by a resume. */
const dispatchesMax = 50

/**
 * A workflow at the forge deploys. It is dispatched with an id of ours, found again by that id in its run's name, and
 * watched. A watcher that fails, or whose time is up, says nothing about the deploy: the same run is watched again.
 */
export function githubWorkflowTarget(
  place: DeployPlace,
  workflow: { readonly file: string; readonly inputs: Readonly<Record<string, string>> },
): DeployTarget {
  const { file } = workflow
  let next: (BegunDispatch & { readonly repository: ForgeRepository }) | null = null
  const inputs = Object.fromEntries(
    Object.entries(workflow.inputs).map(([name, value]) => [name, expandText(value, place.values)]),
  )

  /**
   * The dispatch of this deploy that counts, and its run, which is waited for where it may have been sent before.
   */
  async function latest(): Promise<Dispatch> {
    const repository = await repositoryOf(place)
    const { conductRun, run } = await latestDispatch(place, repository, file)
    const dispatch = { repository, file, ref: place.main, inputs, conductRun }
    const isBegun = maybeDispatched(place.records(), { step: stepId.deploy(place.name), conductRun })
    if (run !== null || !isBegun) return { ...dispatch, run, isBegun }
    const found = await lookForBegun(dispatch, { clock: place.context.clock, signal: place.signal })
    if (found.state === 'unknown') throw notKnown(place, found.reason)
    return { ...dispatch, isBegun, run: found.state === 'present' ? found.value : null }
  }

  async function watch(repository: ForgeRepository, run: WorkflowRun): Promise<RunWatch> {
    return repository.watchWorkflowRun({
      id: run.id,
      withinMs: Math.max(0, place.deploy.timeoutMs - appearsWithinMs - watchSlackMs),
    })
  }

  return {
    how: `workflow ${file}`,
    address: place.deploy.verify?.url ?? `workflow ${file}`,
    running: runningByCommand(place),
    isImmediate: false,
    endOfBegun: async () => {
      const { run, isBegun, ...dispatch } = await latest()
      if (run !== null) return observed(place, await watch(dispatch.repository, run))
      if (!isBegun) return { state: 'expected', evidence: `no run of ${file} shows our id` }
      const error = undecidedDispatch(dispatch)
      return { state: 'unknown', evidence: error.message, error }
    },
    prepare: async () => {
      const { run, isBegun, ...dispatch } = await latest()
      if (run === null && isBegun) throw undecidedDispatch(dispatch)
      next = dispatch
      return { conductRun: dispatch.conductRun } satisfies DispatchFacts & Facts
    },
    deploy: async (signal) => {
      if (next === null) throw new Error('invariant broken: a dispatch is prepared first')
      const { repository } = next
      const sent = await repository.dispatchWorkflow({ ...next, appearsWithinMs })
      if (sent.outcome === 'unsent')
        return { outcome: 'refused', error: new ConductError('FORGE_UNREACHABLE', sent.reason) }
      signal.throwIfAborted()
      if (sent.outcome === 'unseen') throw undecidedDispatch(next, sent.reason)
      return acted(place, await watch(repository, sent.run))
    },
    rollBack: rollBackByCommand(place),
    harmlessErrors: ['FORGE_REFUSED', 'COMMAND_NOT_FOUND'],
  }
}

interface Dispatch extends BegunDispatch {
  readonly repository: ForgeRepository
  /** Null: none shows it. */
  readonly run: WorkflowRun | null
  /** It may have been sent. */
  readonly isBegun: boolean
}

async function repositoryOf(place: DeployPlace): Promise<ForgeRepository> {
  const there = await place.context.forge(place.name)
  if (there !== null) return there.repository
  throw new ConductError('DEPLOY_REFUSED', `${place.name}: a workflow deploys it, and it is at no forge`, {
    hint: 'Declare its forge in lanes.yaml.',
  })
}

/**
 * The dispatch of this deploy that counts: the first whose run has not failed. A failed one was seen to its end, so
 * that what follows it is a new attempt under an id of its own.
 */
async function latestDispatch(
  place: DeployPlace,
  repository: ForgeRepository,
  file: string,
): Promise<{ readonly conductRun: string; readonly run: WorkflowRun | null }> {
  for (let attempt = 1; attempt <= dispatchesMax; attempt += 1) {
    const conductRun = `${place.run}-${place.name}-${attempt}`
    const found = await repository.findWorkflowRun({ file, conductRun })
    if (found.state === 'unknown') throw notKnown(place, `${file}: ${found.reason}`)
    if (found.state === 'absent') return { conductRun, run: null }
    const run = found.value
    if (run.conclusion === null || run.conclusion === 'success') return { conductRun, run }
  }
  throw new ConductError('DEPLOY_FAILED', `${place.name}: ${file} failed ${dispatchesMax} times in this run`)
}

function acted(place: DeployPlace, watched: RunWatch): Acted {
  switch (watched.outcome) {
    case 'succeeded':
      return { outcome: 'acted', facts: { workflowRun: watched.run.url } }
    case 'failed':
      throw failed(place, watched.run)
    case 'waiting':
      throw notKnown(place, `${watched.run.url} is still ${watched.run.status}`)
    case 'unknown':
      throw notKnown(place, watched.reason)
    default:
      return watched satisfies never
  }
}

/** What a run that was dispatched earlier says of the deploy; a failed one may be followed by another. */
function observed(place: DeployPlace, watched: RunWatch): Observation {
  switch (watched.outcome) {
    case 'succeeded':
      return {
        state: 'goal',
        evidence: `${watched.run.url} has succeeded`,
        facts: { workflowRun: watched.run.url },
      }
    case 'failed':
      return { state: 'expected', evidence: failed(place, watched.run).message }
    case 'waiting':
      return { state: 'unknown', evidence: `${watched.run.url} is still ${watched.run.status}` }
    case 'unknown':
      return { state: 'unknown', evidence: watched.reason }
    default:
      return watched satisfies never
  }
}

function failed(place: DeployPlace, run: WorkflowRun): ConductError {
  return new ConductError(
    'DEPLOY_FAILED',
    `${place.name}: ${run.url} ended as ${run.conclusion ?? 'unknown'}`,
  )
}

function notKnown(place: DeployPlace, why: string): ConductError {
  return new ConductError('OUTCOME_UNKNOWN', `${place.name}: ${why}`, {
    hint: 'Whether it deploys is not known yet: resume watches the same run again.',
  })
}
