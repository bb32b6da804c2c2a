import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@conduct/lanes/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { type Actor, startActor } from './actor.ts'
import type { ExecOrder } from './exec-process.ts'
import { judge } from './judge.ts'
import { laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { closeServers, envOf, openPlace, type Place, placeKinds } from './places.ts'
import { takeOver } from './take-over.ts'

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

// Each waits far more than it works.
describe.concurrent.each(placeKinds)('exec on $kind', ({ kind, pace }) => {
  /** Long enough that a busy machine renews in time. */
  const definition = slowed(
    { ...shortLease, ttlMs: 5000, renewMs: 1000, marginMs: 1000, acceptMs: 15_000 },
    Math.max(1, pace / 2),
  )

  async function startConduct(place: Place): Promise<Actor> {
    const order: ExecOrder = {
      storeUrl: place.url,
      estate: place.estate,
      definition,
      argv: [process.execPath, '-e', stubborn, 'child'],
      cwd: place.folder,
    }
    const script = new URL('exec-process.ts', import.meta.url)
    const conduct = startActor(script, order, { env: envOf(place, { SCRIPT: stubborn }) })
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
    using conduct = await startConduct(place)

    conduct.process.kill('SIGKILL')
    const takenMs = await takeOver(lane)

    await conduct.ended
    expect(Math.max(...beats(place, 'child'))).toBeLessThan(takenMs)
    expect(Math.max(...beats(place, 'grandchild'))).toBeLessThan(takenMs)
    expect((await judge(lane)).problems).toEqual([])
  })

  test('a stopped conduct: the group has ended when the lease lapses, and conduct exits 11 when it wakes', async () => {
    await using place = await openPlace(kind)
    await using store = await place.open()
    const lane = laneOf(store, definition, 'test:next')
    using conduct = await startConduct(place)

    conduct.process.kill('SIGSTOP')
    const takenMs = await takeOver(lane)
    conduct.process.kill('SIGCONT')

    expect((await conduct.ended).code).toBe(11)
    expect(Math.max(...beats(place, 'child'))).toBeLessThan(takenMs)
    expect(Math.max(...beats(place, 'grandchild'))).toBeLessThan(takenMs)
    expect((await judge(lane)).problems).toEqual([])
  })
})
