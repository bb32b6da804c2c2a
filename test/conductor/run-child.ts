import { spawn } from 'node:child_process'
import type { RunResult } from '@conduct/conductor'
import type { ChildRequest } from './conduct-child.ts'

export interface ChildEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** Null when it died before it could say anything. */
  readonly result: RunResult | null
  readonly stderr: string
}

const script = new URL('conduct-child.ts', import.meta.url).pathname

export interface StartedChild {
  readonly pid: number
  readonly end: Promise<ChildEnd>
}

/** Starts a conductor in a process of its own. */
export function startChild(request: ChildRequest): StartedChild {
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: '' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const end = new Promise<ChildEnd>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      const line = stdout.trim().split('\n').at(-1) ?? ''
      const result = line.startsWith('{') ? (JSON.parse(line) as RunResult) : null
      resolve({ exitCode, signal, result, stderr })
    })
  })
  if (child.pid === undefined) throw new Error('the child did not start')
  return { pid: child.pid, end }
}

/** Runs a conductor in a process of its own to its end, however that comes. */
export function runChild(request: ChildRequest): Promise<ChildEnd> {
  return startChild(request).end
}
