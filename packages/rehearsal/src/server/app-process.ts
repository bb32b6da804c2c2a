import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundledEnv } from '../gem-steps.ts'

const startMsMax = 20_000
const stopMsMax = 3000

export interface AppProcess {
  readonly port: number
  stop(): Promise<void>
}

export interface StartAppOptions {
  readonly folder: string
  readonly sha: string
}

/** Starts a released app as a process of its own and waits until it says where it listens and that it is well. */
export async function startApp({ folder, sha }: StartAppOptions): Promise<AppProcess> {
  const isRuby = existsSync(join(folder, 'server.rb'))
  const [program, ...args] = isRuby
    ? (['ruby', '-rbundler/setup', 'server.rb'] as const)
    : ([process.execPath, 'server.js'] as const)
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      PORT: '0',
      RELEASE_SHA: sha,
      ...(isRuby ? { ...bundledEnv(folder), LANG: 'C.UTF-8' } : {}),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const port = await readPort(child)
    await checkHealth(port, sha)
    return { port, stop: () => stopChild(child) }
  } catch (error) {
    await stopChild(child)
    throw error
  }
}

function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the app did not listen within ${startMsMax / 1000} s`)),
      startMsMax,
    )
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      act()
    }
    child.once('error', (error) => settle(() => reject(error)))
    child.once('exit', (code) =>
      settle(() => reject(new Error(`the app ended with ${code} before it listened`))),
    )
    if (child.stdout === null) throw new Error('invariant broken: the app has a pipe')
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /^listening (\d+)$/.exec(line)?.[1]
      if (port !== undefined) settle(() => resolve(Number(port)))
    })
  })
}

async function checkHealth(port: number, sha: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/version`, {
    signal: AbortSignal.timeout(startMsMax),
  })
  const version = (await response.json()) as { readonly sha?: string }
  if (response.status !== 200 || version.sha !== sha)
    throw new Error(`the app is not well: ${JSON.stringify(version)}`)
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
  await ended
  clearTimeout(timer)
}
