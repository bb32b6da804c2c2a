import { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  claimOfSecret,
  isGroupGone,
  openLanes,
  openStore,
  type Store,
  systemClock,
} from '@conduct/lanes/engine'
import { quickDefinition } from '@conduct/lanes/lane-definitions'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ExecOptions, execUnderLane } from './exec-under-lane.ts'

let folder = ''
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-exec-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`)
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function openLane(name: string) {
  return openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', quickDefinition]]),
    identity: { holder: `cli:${name}@host`, person: name },
    clock: systemClock,
  }).lane('lane')
}

function node(script: string, over: Partial<ExecOptions> = {}): ExecOptions {
  return {
    lane: openLane('ana'),
    claim: { resources: ['shop'], waitMsMax: 0, whenHeld: 'fail' },
    argv: [process.execPath, '-e', script, folder],
    cwd: folder,
    env: { ...process.env, KEPT: 'yes' },
    stdout: 'stderr',
    ...over,
  }
}

describe('exec', () => {
  test('runs the command with the claim in its environment, passes its exit code through and releases', async () => {
    const script =
      "require('fs').writeFileSync('env.json', JSON.stringify(process.env)); process.exitCode = 7"

    const result = await execUnderLane(node(script))

    expect(result).toMatchObject({ ran: true, commandExit: 7, signal: null, lost: null })
    if (!result.ran) throw new Error('expected it to run')
    const env = JSON.parse(readFileSync(join(folder, 'env.json'), 'utf8')) as Record<string, string>
    expect(env).toMatchObject({ KEPT: 'yes', CONDUCT_TOKEN: String(result.token) })
    expect(claimOfSecret(env['CONDUCT_CLAIM'] ?? '')).toBe(result.claim)
    expect((await openLane('eve').inspect()).holders).toEqual([])
  })

  test('is refused while the lane is held, runs nothing and leaves no place in line', async () => {
    await openLane('ben').acquire({ resources: ['shop'], waitMsMax: 0, attended: false })
    const script = "require('fs').writeFileSync('ran', '')"

    const result = await execUnderLane(node(script))
    const waited = await execUnderLane(
      node(script, { claim: { resources: ['shop'], waitMsMax: 50, whenHeld: 'queue' } }),
    )

    expect(result).toMatchObject({ ran: false, answer: { outcome: 'refused', because: 'held' } })
    expect(waited).toMatchObject({ ran: false, answer: { outcome: 'queued', position: 1 } })
    expect((await openLane('eve').inspect()).waiting).toEqual([])
    expect(() => readFileSync(join(folder, 'ran'))).toThrow('ENOENT')
  })

  test('COMMAND_NOT_FOUND and EXEC_NOT_STARTED run nothing and give the lane back', async () => {
    await expect(execUnderLane(node('', { argv: ['/no/such/command'] }))).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
    })
    await expect(execUnderLane(node('', { argv: [folder] }))).rejects.toMatchObject({
      code: 'EXEC_NOT_STARTED',
    })

    expect((await openLane('eve').inspect()).holders).toEqual([])
  })

  test('passes signals on to the command and reports how it ended', async () => {
    const signals = new EventEmitter()
    const script = `
      process.on('SIGTERM', () => process.exit(5))
      require('fs').writeFileSync('up', String(process.pid))
      setInterval(() => undefined, 1000)`
    const running = execUnderLane(node(script, { signals }))
    await appears(join(folder, 'up'))

    signals.emit('SIGTERM')

    expect(await running).toMatchObject({ ran: true, commandExit: 5, signal: null })
  })

  test('says which signal ended the command', async () => {
    const result = await execUnderLane(node("process.kill(process.pid, 'SIGKILL')"))

    expect(result).toMatchObject({ ran: true, commandExit: null, signal: 'SIGKILL', lost: null })
  })

  test('ends what the command left running before the lane is given back', async () => {
    const script = `
      const left = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
      require('fs').writeFileSync('left', String(left.pid)); process.exit(0)`

    await execUnderLane(node(script))

    const left = Number(readFileSync(join(folder, 'left'), 'utf8'))
    expect(isAlive(left)).toBe(false)
  })

  test('a forced holder is stopped, though it ignores TERM, and acknowledges only when nothing of it is left', async () => {
    const script = `
      process.on('SIGTERM', () => undefined)
      require('fs').writeFileSync('up', String(process.pid))
      setInterval(() => undefined, 1000)`
    const quick = { ...quickDefinition, ttlMs: 6000, renewMs: 200, marginMs: 400, takeoverDelayMs: 600_000 }
    const lanes = (name: string) =>
      openLanes({
        store,
        estate: 'test',
        definitions: new Map([['lane', quick]]),
        identity: { holder: `cli:${name}@host`, person: name },
        clock: systemClock,
      }).lane('lane')
    const running = execUnderLane(node(script, { lane: lanes('ana') }))
    await appears(join(folder, 'up'))
    const pid = Number(readFileSync(join(folder, 'up'), 'utf8'))
    const [held] = (await lanes('eve').inspect()).holders
    const next = lanes('ben').acquire({ resources: ['shop'], waitMsMax: 30_000, attended: false })

    await lanes('captain').forceRelease({ token: held?.token ?? 0, reason: 'stuck' })

    // The quiet time is ten minutes: only the acknowledgement lets the next one in.
    const wasAliveAtGrant = next.then(() => isAlive(pid))
    expect(await wasAliveAtGrant).toBe(false)
    expect(await running).toMatchObject({ ran: true, lost: { code: 'LEASE_LOST', exit: 11 } })
  })

  test('EXEC_SUPERVISOR_LOST: when the supervisor is killed, the command does not outlive it', async () => {
    const script = `
      require('fs').writeFileSync('up', process.pid + ' ' + process.ppid)
      setInterval(() => undefined, 1000)`
    const running = execUnderLane(node(script))
    const failing = running.catch((error: unknown) => error)
    await appears(join(folder, 'up'))
    const [pid, supervisor] = readFileSync(join(folder, 'up'), 'utf8').split(' ').map(Number)

    if (!pid || !supervisor) throw new Error('the command says who it is')
    process.kill(supervisor, 'SIGKILL')

    expect(await failing).toMatchObject({ code: 'EXEC_SUPERVISOR_LOST' })
    expect(isAlive(pid)).toBe(false)
    expect(isGroupGone(supervisor)).toBe(true)
    expect((await openLane('eve').inspect()).holders).toEqual([])
  })
})

/** Some minute: on a busy machine a process may take long to come up. */
const looksMax = 6000

async function appears(path: string): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    try {
      if (readFileSync(path, 'utf8') !== '') return
    } catch {
      await systemClock.sleep(10)
    }
  }
  throw new Error(`${path} never appeared`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
