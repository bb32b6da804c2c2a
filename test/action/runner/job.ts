import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ActionFile, loadAction, type Step } from './action-file.ts'
import { type Contexts, evaluateAll, evaluateCondition, evaluateText, type Status } from './expressions.ts'
import { openFileCommands } from './file-commands.ts'
import { type StepProcess, startStep } from './processes.ts'

export interface JobOrder {
  /** Where the repository of the action lies. */
  readonly repository: string
  readonly workspace: string
  readonly temp: string
  /** Of the job: what every step sees. */
  readonly env: Readonly<Record<string, string>>
  readonly github: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
}

export interface StepRecord {
  readonly outcome: 'success' | 'failure' | 'cancelled' | 'skipped'
  readonly outputs: Readonly<Record<string, string>>
}

export interface JobResult {
  readonly conclusion: Status
  readonly steps: Readonly<Record<string, StepRecord>>
  readonly posts: readonly string[]
  readonly summary: string
  readonly log: string
}

interface Scope {
  readonly inputs: Readonly<Record<string, string>>
  readonly steps: Record<string, StepRecord>
  /** `env:` of the steps around. */
  readonly env: Readonly<Record<string, string>>
  readonly actionPath: string | null
  status: Status
}

interface Post {
  readonly action: ActionFile
  readonly step: string
  readonly env: Readonly<Record<string, string>>
}

/** One job, as the runner of GitHub works it: steps in order, then the posts of those that ran, the last one first. */
export function createJob(order: JobOrder, onOutput: (text: string) => void) {
  const { repository, workspace, temp } = order
  const exported: Record<string, string> = {}
  const states = new Map<string, Record<string, string>>()
  const posts: Post[] = []
  const root: Scope = { inputs: {}, steps: {}, env: {}, actionPath: null, status: 'success' }
  let [summary, log, count, isCancelled] = ['', '', 0, false]
  let running: { readonly process: StepProcess; readonly mayGoOn: () => boolean } | null = null
  const say = (text: string) => {
    log += text
    onOutput(text)
  }
  const statusOf = (scope: Scope): Status => (isCancelled ? 'cancelled' : scope.status)
  const contextsOf = (scope: Scope, env: Readonly<Record<string, string>>): Contexts => ({
    github: order.github,
    env,
    inputs: scope.inputs,
    steps: scope.steps,
  })

  /** @returns outputs and success of one process */
  async function act(options: {
    readonly step: string
    readonly command: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly actionPath: string | null
    readonly mayGoOn: () => boolean
  }): Promise<StepRecord> {
    count += 1
    const files = openFileCommands(temp, String(count))
    const { actionPath } = options
    const own = actionPath === null ? {} : { GITHUB_ACTION_PATH: actionPath }
    const started = startStep({
      command: options.command,
      cwd: workspace,
      env: { ...options.env, ...own, ...files.env },
      onOutput: say,
    })
    running = { process: started, mayGoOn: options.mayGoOn }
    const exit = await started.ended
    running = null
    Object.assign(exported, files.pairs('GITHUB_ENV'))
    states.set(options.step, { ...states.get(options.step), ...files.pairs('GITHUB_STATE') })
    summary += files.summary()
    const outcome = exit === 0 ? 'success' : isCancelled && !options.mayGoOn() ? 'cancelled' : 'failure'
    return { outcome, outputs: files.pairs('GITHUB_OUTPUT') }
  }

  async function runStep(step: Step, scope: Scope, key: string): Promise<StepRecord> {
    const around = { ...order.env, ...exported, ...scope.env }
    const contexts = contextsOf(scope, around)
    const mayGoOn = () => evaluateCondition(step.if, contexts, statusOf(scope))
    if (!mayGoOn()) return { outcome: 'skipped', outputs: {} }
    const own = evaluateAll(step.env ?? {}, contexts)
    const env = { ...around, ...own }
    if (step.run !== undefined) {
      if (step.shell !== undefined && step.shell !== 'bash') throw new Error(`no shell ${step.shell} here`)
      const script = join(temp, `script-${(count += 1)}.sh`)
      writeFileSync(script, evaluateText(step.run, contextsOf(scope, env)))
      const command = ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', script]
      return act({ step: key, command, env, actionPath: scope.actionPath, mayGoOn })
    }
    const action = loadAction(step.uses ?? '', {
      repository,
      workspace,
      isInAction: scope.actionPath !== null,
    })
    const inputs = inputsOf(action, evaluateAll(step.with ?? {}, contextsOf(scope, env)), contexts)
    if (action.runs.using === 'composite') {
      return runComposite(action, { inputs, env: { ...scope.env, ...own }, key, scope })
    }
    if (action.runs.post !== undefined) posts.unshift({ action, step: key, env: { ...scope.env, ...own } })
    const command = [process.execPath, join(action.folder, action.runs.main)]
    const named = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [
        `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
        value,
      ]),
    )
    return act({ step: key, command, env: { ...env, ...named }, actionPath: null, mayGoOn })
  }

  async function runComposite(
    action: ActionFile,
    options: {
      readonly inputs: Readonly<Record<string, string>>
      readonly env: Readonly<Record<string, string>>
      readonly key: string
      readonly scope: Scope
    },
  ): Promise<StepRecord> {
    if (action.runs.using !== 'composite') throw new Error('no composite')
    const inner: Scope = {
      inputs: options.inputs,
      steps: {},
      env: options.env,
      actionPath: action.folder,
      status: options.scope.status,
    }
    await runSteps(action.runs.steps, inner, options.key)
    const values = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value = '' }]) => [name, value]),
    )
    const outputs = evaluateAll(values, contextsOf(inner, { ...order.env, ...exported }))
    const status = statusOf(inner)
    return { outcome: status, outputs }
  }

  async function runSteps(steps: readonly Step[], scope: Scope, prefix: string): Promise<void> {
    for (const [at, step] of steps.entries()) {
      const record = await runStep(step, scope, `${prefix}/${step.id ?? at}`)
      scope.steps[step.id ?? `__${at}`] = record
      if (record.outcome === 'failure' && scope.status === 'success') scope.status = 'failure'
    }
  }

  return {
    async run(): Promise<JobResult> {
      mkdirSync(temp, { recursive: true })
      await runSteps(order.steps, root, '')
      const done: string[] = []
      for (const { action, step, env } of posts) {
        if (action.runs.using === 'composite') continue
        const around = { ...order.env, ...exported, ...env }
        const mayGoOn = () =>
          evaluateCondition(
            action.runs.using === 'composite' ? undefined : (action.runs['post-if'] ?? 'always()'),
            // Of a nested action these are not its own: what they say is not relied on here.
            { ...contextsOf(root, around), inputs: {} },
            statusOf(root),
          )
        if (!mayGoOn()) continue
        done.push(dirname(step))
        const state = Object.fromEntries(
          Object.entries(states.get(step) ?? {}).map(([name, value]) => [`STATE_${name}`, value]),
        )
        const command = [process.execPath, join(action.folder, action.runs.post ?? '')]
        const record = await act({ step, command, env: { ...around, ...state }, actionPath: null, mayGoOn })
        if (record.outcome === 'failure' && root.status === 'success') root.status = 'failure'
      }
      return { conclusion: statusOf(root), steps: root.steps, posts: done, summary, log }
    },
    /** Steps whose condition still holds go on; the others are asked to end. */
    async cancel(): Promise<void> {
      isCancelled = true
      if (running !== null && !running.mayGoOn()) await running.process.cancel()
    },
  }
}

/** @throws for an input that the action does not have, of which the runner only warns */
function inputsOf(
  action: ActionFile,
  given: Readonly<Record<string, string>>,
  contexts: Contexts,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(given).filter((name) => !(name in action.inputs))
  if (unknown.length > 0) throw new Error(`${action.folder} has no input ${unknown.join(', ')}`)
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: text = '' }]) => [
      name,
      given[name] ?? evaluateText(String(text), contexts),
    ]),
  )
}
