import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ActionFile, Step } from './runner/action-file.ts'

/** The action.yml files and the workflows of the README, as GitHub's own parser reads them. */
registerHooks({
  // It imports its schemas as a bundler would.
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
})
const { NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser')
const { parseAction } = await import('@actions/workflow-parser/actions/index')

const folder = resolve(import.meta.dirname, '../../packages/action')
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'action.yml')))
const textOf = (name: string) => readFileSync(join(folder, name, 'action.yml'), 'utf8')
const actionOf = (name: string) => parse(textOf(name)) as ActionFile
const workflows = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text = '']) => text,
)

function complaints(kind: 'action' | 'workflow', content: string): readonly string[] {
  const read = kind === 'action' ? parseAction : parseWorkflow
  const { context } = read({ name: `${kind}.yml`, content }, new NoOperationTraceWriter())
  return context.errors.getErrors().map(({ message }) => message)
}

describe.each(names)('%s/action.yml', (name) => {
  const action = actionOf(name)
  const steps = action.runs.using === 'composite' ? action.runs.steps : []

  it('is one by GitHub’s schema', () => {
    expect(complaints('action', textOf(name))).toEqual([])
  })

  it('puts nothing of others into a script', () => {
    expect(steps.flatMap(({ run = '' }) => (run.includes('${{') ? [run] : []))).toEqual([])
  })

  it('names only what there is: files, inputs, outputs of its steps, actions and their inputs', () => {
    const { runs } = action
    const files =
      runs.using === 'composite' ? steps.map(({ run = '' }) => scriptIn(run)) : [runs.main, runs.post]
    const missing = files.filter((file) => file !== undefined && !existsSync(join(folder, name, file)))
    const inputs = [...textOf(name).matchAll(/\binputs\.(\w+)/g)].map(([, input = '']) => input)

    expect(missing).toEqual([])
    expect(inputs.filter((input) => !(input in action.inputs))).toEqual([])
    for (const step of steps) expect(wrongInputs(step, /^\$\/packages\/action\/([\w-]+)$/)).toEqual([])
    for (const [, id = '', output = ''] of textOf(name).matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)) {
      expect(givenBy(steps.find((step) => step.id === id)), `${id}.${output}`).toContain(output)
    }
  })
})

it('notices what is no action, and what is no workflow', () => {
  expect(complaints('action', textOf('guard').replace('shell: bash', 'shall: bash'))).not.toEqual([])
  expect(complaints('workflow', (workflows[0] ?? '').replace('runs-on', 'run-on'))).not.toEqual([])
})

describe('the README', () => {
  it('has a complete workflow for every entry point, that GitHub would take', () => {
    const used = workflows.flatMap((text) =>
      [...text.matchAll(/packages\/action\/([\w-]+)@/g)].map(([, name]) => name),
    )

    expect(workflows.flatMap((text) => complaints('workflow', text))).toEqual([])
    expect(new Set(used)).toEqual(new Set(names))
  })

  it('gives each action only inputs that it has, and all that it has to have', () => {
    const steps = workflows.flatMap((text) =>
      Object.values(
        (parse(text) as { readonly jobs: Record<string, { readonly steps: Step[] }> }).jobs,
      ).flatMap((job) => job.steps),
    )

    expect(
      steps.flatMap((step) => wrongInputs(step, /^OWNER\/conduct\/packages\/action\/([\w-]+)@v1$/)),
    ).toEqual([])
  })
})

function scriptIn(run: string): string | undefined {
  const script = /"\$GITHUB_ACTION_PATH\/([\w./-]+)"/.exec(run)?.[1]
  if (run !== '' && script === undefined) throw new Error(`this script starts nothing that is known: ${run}`)
  return script
}

function wrongInputs({ uses = '', with: given = {} }: Step, pattern: RegExp): readonly string[] {
  const name = pattern.exec(uses)?.[1]
  if (name === undefined) return []
  const { inputs } = actionOf(name)
  const missing = Object.entries(inputs).filter(
    ([input, { required }]) => required === true && !(input in given),
  )
  return [
    ...Object.keys(given).filter((input) => !(input in inputs)),
    ...missing.map(([input]) => `${name} without ${input}`),
  ]
}

/** Outputs of a step: those of the action that it uses, or those that the source it runs sets. */
function givenBy(step: Step | undefined): readonly string[] {
  const used = /^\$\/packages\/action\/([\w-]+)$/.exec(step?.uses ?? '')?.[1]
  if (used !== undefined) return Object.keys(actionOf(used).outputs)
  const source = readFileSync(join(folder, 'guard', scriptIn(step?.run ?? '') ?? ''), 'utf8')
  const shared = ['guard-words.ts', 'outcome.ts']
    .map((file) => readFileSync(join(folder, 'src', file), 'utf8'))
    .join('')
  return [...`${source}${shared}`.matchAll(/\b([a-z_]+)\b(?=[,:]|\s*})/g)].map(([, word = '']) => word)
}
