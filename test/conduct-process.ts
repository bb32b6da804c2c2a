import { type ChildProcess, spawn } from 'node:child_process'
import { bundledConduct } from './bundled-conduct.ts'

const bin = await bundledConduct()

export interface ConductEnd {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ConductProcess {
  readonly child: ChildProcess
  readonly ended: Promise<ConductEnd>
}

/** Starts the real command line, as a user's shell would; CI is unset so that defaults are those of a desk. */
export function startConduct(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): ConductProcess {
  const { CI: _ci, FORCE_COLOR: _color, CONDUCT_CLAIM: _claim, ...inherited } = process.env
  const child = spawn(process.execPath, [bin, ...argv], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...inherited, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended = new Promise<ConductEnd>((resolve, reject) => {
    child.once('error', reject)
    // Not `exit`: what was written last may still be in the pipes then.
    child.once('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }))
  })
  return { child, ended }
}

export function runConduct(...parameters: Parameters<typeof startConduct>): Promise<ConductEnd> {
  return startConduct(...parameters).ended
}
