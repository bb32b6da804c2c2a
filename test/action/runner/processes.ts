import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** Source: GitHub's "Workflow cancellation reference". */
const sigintMs = 7_500
const sigtermMs = 2_500
/** Source: `ProcessInvoker` of the runner. */
const streamsMs = 5_000

export interface StepProcess {
  readonly ended: Promise<number>
  /** Asks the one process of the step, and nobody below it; then kills everybody below it. */
  cancel(): Promise<void>
}

export function startStep(options: {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly onOutput: (text: string) => void
}): StepProcess {
  const [program = '', ...words] = options.command
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', options.onOutput)
  // As the runner: the end of the process counts, and whoever inherited its streams is heard for a while only.
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
    child.once('exit', (code) => void setTimeout(streamsMs).then(() => resolve(code ?? 1)))
  })
  return { ended, cancel: () => cancel(child, ended) }
}

async function cancel(child: ChildProcess, ended: Promise<number>): Promise<void> {
  for (const [signal, ms] of [
    ['SIGINT', sigintMs],
    ['SIGTERM', sigtermMs],
  ] as const) {
    child.kill(signal)
    const timer = new AbortController()
    const isOver = await Promise.race([
      ended.then(() => true),
      setTimeout(ms, false, { signal: timer.signal }).catch(() => false),
    ])
    timer.abort()
    if (isOver) return
  }
  for (const pid of [...descendants(child.pid ?? 0), child.pid ?? 0]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone meanwhile.
    }
  }
}

function descendants(of: number): readonly number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === of)
    .map(Number)
  return [...children.flatMap((pid) => descendants(pid)), ...children]
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
