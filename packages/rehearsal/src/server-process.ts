import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ConductError } from '@conduct/core'
import { signalGroup } from '@conduct/subprocess'
import { layoutOf } from './layout.ts'
import type { ForgeSetting } from './server/forge.ts'

/** What a running server says of itself, in `server.json` of its estate. */
export interface ServerRecord {
  readonly pid: number
  /** Proof that whoever answers at the address is this server, and the key to control it. */
  readonly instance: string
  readonly registryPort: number
  readonly platformPort: number
  readonly gemPort: number
  readonly startedAt: string
}

export interface ServerMessage {
  readonly type: 'ready'
  readonly record: ServerRecord
}

const readyMsMax = 30_000
const stopMsMax = 15_000
/** From the last thing the server does to the end of its process. */
const exitMsMax = 1000
const pollEveryMs = 25
const answerMsMax = 30_000

/** Starts the server of an estate as a process of its own, which outlives us. @throws ConductError REHEARSAL_SERVER */
export async function startServer(dir: string): Promise<ServerRecord> {
  const { serverLog } = layoutOf(dir)
  const entry = fileURLToPath(import.meta.resolve('#estate-server'))
  await using log = await open(serverLog, 'a')
  const child = spawn(process.execPath, [entry, dir], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    env: {
      PATH: process.env['PATH'],
      HOME: dir,
      LANG: 'C.UTF-8',
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
    },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const outcome = await new Promise<ServerRecord | string>((resolve) => {
      timer = setTimeout(() => resolve(`was not ready within ${readyMsMax / 1000} s`), readyMsMax)
      child.once('message', (message: ServerMessage) => resolve(message.record))
      child.once('error', (error) => resolve(`did not start: ${error.message}`))
      child.once('exit', (code) => resolve(`ended with ${code}`))
    })
    if (typeof outcome !== 'string') return outcome
    child.kill('SIGKILL')
    const text = await readFile(serverLog, 'utf8')
    throw new ConductError('REHEARSAL_SERVER', `the estate's server ${outcome}`, {
      details: { log: text.slice(-4000) },
    })
  } finally {
    clearTimeout(timer)
    child.removeAllListeners()
    if (child.connected) child.disconnect()
    child.unref()
  }
}

/** The server that serves the estate now, or null when nobody does. */
export async function findServer(dir: string): Promise<ServerRecord | null> {
  const text = await readFile(layoutOf(dir).serverFile, 'utf8').catch(() => null)
  if (text === null) return null
  const record = JSON.parse(text) as ServerRecord
  try {
    const response = await fetch(`http://127.0.0.1:${record.platformPort}/-/instance`, {
      signal: AbortSignal.timeout(answerMsMax),
    })
    const body = (await response.json()) as { readonly instance?: string }
    return body.instance === record.instance ? record : null
  } catch {
    return null
  }
}

/** Starts the apps that the platform's state on disk names. @throws ConductError REHEARSAL_SERVER */
export async function restoreApps(record: ServerRecord): Promise<void> {
  const response = await control(record, 'restore')
  if (response.status === 200) return
  throw new ConductError('REHEARSAL_SERVER', `the apps did not start: ${await response.text()}`)
}

/** Has the forge of the estate serve; gives its port. @throws ConductError REHEARSAL_SERVER */
export async function serveForge(record: ServerRecord, setting: ForgeSetting): Promise<number> {
  const response = await control(record, 'forge', JSON.stringify(setting))
  if (response.status !== 200) {
    throw new ConductError('REHEARSAL_SERVER', `the forge did not start: ${await response.text()}`)
  }
  return ((await response.json()) as { readonly port: number }).port
}

/** Ends the server and everything it started; quiet when there is none. */
export async function stopServer(dir: string): Promise<void> {
  const { serverFile } = layoutOf(dir)
  const record = await findServer(dir)
  if (record !== null) {
    await control(record, 'stop').catch(() => null)
    await waitUntil(() => !existsSync(serverFile), stopMsMax)
    await waitUntil(() => !isAlive(record.pid), exitMsMax)
    // It is the leader of a group that holds its apps, too.
    if (isAlive(record.pid)) signalGroup(record.pid, 'SIGKILL')
  }
  await rm(serverFile, { force: true })
}

async function waitUntil(isDone: () => boolean, limitMs: number): Promise<void> {
  for (let waitedMs = 0; !isDone() && waitedMs < limitMs; waitedMs += pollEveryMs) await delay(pollEveryMs)
}

function control(record: ServerRecord, act: 'restore' | 'stop' | 'forge', body = ''): Promise<Response> {
  return fetch(`http://127.0.0.1:${record.platformPort}/-/${act}`, {
    method: 'POST',
    body,
    headers: { 'x-estate-instance': record.instance },
    signal: AbortSignal.timeout(answerMsMax),
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
