import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundledConduct } from '../bundled-conduct.ts'
import type { JobOrder, JobResult } from './runner/job.ts'
import type { Step } from './runner/action-file.ts'

const repository = resolve(import.meta.dirname, '../..')
const bundled = await bundledConduct()

export interface JobOptions {
  /** A folder of this job alone. */
  readonly folder: string
  readonly workspace: string
  readonly steps: readonly Step[]
  readonly run?: number
  readonly attempt?: number
  readonly env?: Readonly<Record<string, string>>
  readonly github?: Readonly<Record<string, unknown>>
}

export interface StartedJob {
  readonly ended: Promise<JobResult | null>
  readonly output: () => string
  /** Until the log has it. @throws when the job ends without */
  said(text: string): Promise<void>
  cancel(): void
  /** The machine is gone: nothing of the job gets another word. */
  killRunner(): void
}

/** Actions of this repository, used from another: `conduct` is the bundle, as `program` gives it. */
export function use(
  action: string,
  inputs: Readonly<Record<string, unknown>>,
  more: Omit<Step, 'uses'> = {},
): Step {
  return { uses: `acme/conduct/packages/action/${action}@v1`, with: { program: bundled, ...inputs }, ...more }
}

export function startJob(options: JobOptions): StartedJob {
  const { folder, workspace, run = 7001, attempt = 1 } = options
  const temp = join(folder, 'temp')
  mkdirSync(temp, { recursive: true })
  const order: JobOrder = {
    repository,
    workspace,
    temp,
    steps: options.steps,
    github: { token: '', repository: 'acme/shop', ...options.github },
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: join(folder, 'home'),
      TMPDIR: temp,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: workspace,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: String(run),
      GITHUB_RUN_ATTEMPT: String(attempt),
      GITHUB_JOB: 'release',
      RUNNER_NAME: 'runner-1',
      RUNNER_TEMP: temp,
      ...options.env,
    },
  }
  const [orderFile, resultFile] = [join(folder, 'order.json'), join(folder, 'result.json')]
  mkdirSync(join(folder, 'home'), { recursive: true })
  writeFileSync(orderFile, JSON.stringify(order))
  const runner = spawn(
    process.execPath,
    [join(import.meta.dirname, 'runner/runner-process.ts'), orderFile, resultFile],
    { env: { PATH: process.env['PATH'] ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [runner.stdout, runner.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listen of listeners) listen()
    })
  }
  const ended = new Promise<JobResult | null>((done, fail) => {
    runner.once('error', fail)
    runner.once('exit', (exit, signal) => {
      if (signal === 'SIGKILL') done(null)
      else if (exit === 0) done(JSON.parse(readFileSync(resultFile, 'utf8')) as JobResult)
      else fail(new Error(`the runner ended with ${exit ?? signal}:\n${output}`))
    })
  })
  return {
    ended,
    output: () => output,
    said: (text) =>
      new Promise((heard, fail) => {
        const look = () => {
          if (!output.includes(text)) return
          listeners.delete(look)
          heard()
        }
        listeners.add(look)
        look()
        const missed = () => {
          if (listeners.has(look)) fail(new Error(`never said ${text}:\n${output}`))
        }
        void ended.then(missed, fail)
      }),
    cancel: () => runner.kill('SIGUSR2'),
    killRunner: () => runner.kill('SIGKILL'),
  }
}

export async function runJob(options: JobOptions): Promise<JobResult> {
  const result = await startJob(options).ended
  if (result === null) throw new Error('the runner was killed')
  return result
}
