import { spawn } from 'node:child_process'
import { complaintIn } from './complaint.ts'
import { gitArguments, gitEnvironment } from './git-settings.ts'

/** A git that stays and answers on its output what is written to its input. */
export interface RunningGit {
  write(text: string): void
  onData(listener: (chunk: Buffer) => void): void
  /** Once, however it ended; `why` with what it said last. */
  onEnd(listener: (why: string) => void): void
  /** This process waits for it. */
  ref(): void
  /** This process ends without waiting for it; it then ends, too: its input is closed. */
  unref(): void
  stop(): void
}

/** Kept of what it complains. */
const complaintBytesMax = 4096

/** Under the same settings as every other git of ours. */
export function startGit({
  cwd,
  args,
}: {
  readonly cwd: string
  readonly args: readonly string[]
}): RunningGit {
  const child = spawn('git', [...gitArguments(), ...args], { cwd, env: gitEnvironment(), stdio: 'pipe' })
  const streams = [child.stdin, child.stdout, child.stderr]
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString('utf8')}`.slice(-complaintBytesMax)
  })
  // It has ended: `close` says so.
  child.stdin.on('error', () => undefined)
  return {
    write: (text) => void child.stdin.write(text),
    onData: (listener) => void child.stdout.on('data', listener),
    onEnd(listener) {
      child.once('error', (error) => listener(`could not be started: ${error.message}`))
      child.once('close', (code, signal) => {
        const said = complaintIn(complaint)
        listener(`ended with ${code ?? signal}${said === '' ? '' : `: ${said}`}`)
      })
    },
    ref() {
      child.ref()
      for (const stream of streams) setRef(stream, true)
    },
    unref() {
      child.unref()
      for (const stream of streams) setRef(stream, false)
    },
    stop() {
      child.stdin.end()
      // It only reads.
      child.kill('SIGKILL')
    },
  }
}

/** The pipes of a child are sockets, which Node's types do not say. */
function setRef(stream: object, isRef: boolean): void {
  const name = isRef ? 'ref' : 'unref'
  const set: unknown = Reflect.get(stream, name)
  if (typeof set === 'function') Reflect.apply(set, stream, [])
}
