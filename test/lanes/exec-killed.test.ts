import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lane, systemClock } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import type { ExecOrder } from './exec-process.ts'
import { judge } from './judge.ts'
import { killAtEnd } from './kill-at-end.ts'
import { acquireAgain, answered, laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { closeServers, envOf, openPlace, type Place, placeKinds } from './places.ts'

/** The command of `conduct exec` never runs when somebody else holds the lane, whatever is done to conduct. */
afterAll(closeServers)

/** Writes down when it was last alive, every few milliseconds; a grandchild does the same. Both ignore TERM. */
const stubborn = `
  const { appendFileSync } = require('node:fs')
  const name = process.argv[1]
  process.on('SIGTERM', () => undefined)
  if (name === 'child') {
    require('node:child_process').spawn(process.execPath, ['-e', process.env.SCRIPT, 'grandchild'], { stdio: 'ignore' })
  }
  setInterval(() => appendFileSync(name, Date.now() + '\\n'), 3)
`

function beats(place: Place, name: 'child' | 'grandchild'): readonly number[] {
  try {
    return readFileSync(join(place.folder, name), 'utf8').trim().split('\n').map(Number)
  } catch {
    return []
  }
}

/** Waits for the lane and gives it back; resolves to the wall-clock time of the grant (all is one machine here). */
async function takeOver(lane: Lane): Promise<number> {
  const result = await acquireAgain(lane, { resources: ['x'], attended: true, waitMsMax: 60_000 })
  if (result.outcome !== 'granted') throw new Error(result.outcome)
  const takenMs = (await answered(() => lane.inspect())).document.holders[0]?.grantedAt.wallMs ?? 0
  await result.lease.release()
  return takenMs
}

// Each waits far more than it works.
describe.concurrent.each(placeKinds)('exec on $kind', ({ kind, pace }) => {
  /** Long enough that a busy machine renews in time. */
  const definition = slowed(
    { ...shortLease, ttlMs: 5000, renewMs: 1000, marginMs: 1000, acceptMs: 15_000 },
    Math.max(1, pace / 2),
  )

  async function startConduct(place: Place): Promise<ChildProcess> {
    const order: ExecOrder = {
      storeUrl: place.url,
      estate: place.estate,
      definition,
      argv: [process.execPath, '-e', stubborn, 'child'],
      cwd: place.folder,
    }
    const conduct = fork(new URL('exec-process.ts', import.meta.url), [JSON.stringify(order)], {
      execArgv: [],
      env: envOf(place, { SCRIPT: stubborn }),
    })
    for (let look = 0; beats(place, 'grandchild').length < 5; look++) {
      if (look > 6000) throw new Error('the command never ran')
      await systemClock.sleep(10)
    }
    return conduct
  }

  test('kill -9 of conduct: the supervisor ends the whole group before anybody else gets the lane', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition, 'test:next')
    const conduct = await startConduct(place)
    using ending = killAtEnd(conduct)

    conduct.kill('SIGKILL')
    const takenMs = await takeOver(lane)

    await ending.exited
    expect(Math.max(...beats(place, 'child'))).toBeLessThan(takenMs)
    expect(Math.max(...beats(place, 'grandchild'))).toBeLessThan(takenMs)
    expect((await judge(lane)).problems).toEqual([])
  })

  test('a stopped conduct: the group has ended when the lease lapses, and conduct exits 11 when it wakes', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition, 'test:next')
    const conduct = await startConduct(place)
    using ending = killAtEnd(conduct)

    conduct.kill('SIGSTOP')
    const takenMs = await takeOver(lane)
    conduct.kill('SIGCONT')

    expect((await ending.exited)[0]).toBe(11)
    expect(Math.max(...beats(place, 'child'))).toBeLessThan(takenMs)
    expect(Math.max(...beats(place, 'grandchild'))).toBeLessThan(takenMs)
    expect((await judge(lane)).problems).toEqual([])
  })
})
