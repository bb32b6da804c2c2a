import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Lane, openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { shortLease } from './contenders.ts'
import type { ExecOrder } from './exec-process.ts'

/** Long enough that a busy machine renews in time. */
const definition = { ...shortLease, ttlMs: 5000, renewMs: 1000, marginMs: 1000 }

/** The command of `conduct exec` never runs when somebody else holds the lane, whatever is done to conduct. */
let folder = ''
let store: Store
let lane: Lane
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-killed-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  lane = openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', definition]]),
    identity: { holder: 'test:next', person: null },
    clock: systemClock,
  }).lane('lane')
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Writes down when it was last alive, every few milliseconds; a grandchild does the same. Both ignore TERM. */
const stubborn = `
  const { appendFileSync } = require('node:fs')
  const name = process.argv[1]
  process.on('SIGTERM', () => undefined)
  if (name === 'child') {
    require('node:child_process').spawn(process.execPath, ['-e', process.env.SCRIPT, 'grandchild'], { stdio: 'ignore' })
  }
  setInterval(() => appendFileSync(name, Number(process.hrtime.bigint() / 1000n) / 1000 + '\\n'), 3)
`

async function startConduct(): Promise<ChildProcess> {
  const order: ExecOrder = {
    storeUrl: store.url,
    definition,
    argv: [process.execPath, '-e', stubborn, 'child'],
    cwd: folder,
  }
  const conduct = fork(new URL('exec-process.ts', import.meta.url), [JSON.stringify(order)], {
    execArgv: [],
    env: { ...process.env, SCRIPT: stubborn },
  })
  for (let look = 0; beats('grandchild').length < 5; look++) {
    if (look > 2000) throw new Error('the command never ran')
    await systemClock.sleep(10)
  }
  return conduct
}

function beats(name: 'child' | 'grandchild'): readonly number[] {
  try {
    return readFileSync(join(folder, name), 'utf8').trim().split('\n').map(Number)
  } catch {
    return []
  }
}

async function takeOver(): Promise<number> {
  const result = await lane.acquire({ resources: ['x'], attended: true, waitMsMax: 30_000 })
  if (result.outcome !== 'granted') throw new Error(result.outcome)
  const takenMs = (await lane.inspect()).document.holders[0]?.grantedAt.ms ?? 0
  await result.lease.release()
  return takenMs
}

describe('exec', () => {
  test('kill -9 of conduct: the supervisor ends the whole group before anybody else gets the lane', async () => {
    const conduct = await startConduct()
    const exited = once(conduct, 'exit')

    conduct.kill('SIGKILL')
    const takenMs = await takeOver()

    await exited
    expect(Math.max(...beats('child'))).toBeLessThan(takenMs)
    expect(Math.max(...beats('grandchild'))).toBeLessThan(takenMs)
  })

  test('a stopped conduct: the group has ended when the lease lapses, and conduct exits 11 when it wakes', async () => {
    const conduct = await startConduct()
    const exited = once(conduct, 'exit')

    conduct.kill('SIGSTOP')
    const takenMs = await takeOver()
    conduct.kill('SIGCONT')

    expect((await exited)[0]).toBe(11)
    expect(Math.max(...beats('child'))).toBeLessThan(takenMs)
    expect(Math.max(...beats('grandchild'))).toBeLessThan(takenMs)
  })
})
