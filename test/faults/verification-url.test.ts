import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { DeployEstate } from '../conductor/deploy-estate.ts'
import { deployEstate, oldSha } from '../conductor/deploy-estate.ts'
import { hastyClock } from '../conductor/hasty-clock.ts'
import { openConductor } from '../conductor/open-conductor.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { type Choose, always, once } from './choose-fault.ts'

/** The address that will prove a deploy, before there is one; what it says after is in `deploy-faults.test.ts`. */
let estate: DeployEstate
let proxy: FaultProxy

beforeAll(async () => {
  estate = await deployEstate(['shop'])
  proxy = await startFaultProxy(Number(/127\.0\.0\.1:(\d+)/.exec(estate.lanesYaml())?.[1]))
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await estate[Symbol.asyncDispose]()
})
afterEach(() => proxy.misbehave(null))

const all = () => true

async function travel() {
  const lanesYaml = estate.lanesYaml().replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${proxy.port}`)
  await using opened = await openConductor({ ...estate, lanesYaml, clock: hastyClock() })
  return await opened.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
}

it.each<[string, () => Choose, RegExp]>([
  ['is unreachable', always(all, { fault: 'unreachable' }), /red verify_url:shop/],
  ['answers 503 for ever', always(all, { fault: 'status', status: 503 }), /verify_url:shop.*status 503/],
])('an address that %s before the deploy stops it: PREFLIGHT_REFUSED', async (_day, choose, said) => {
  proxy.misbehave(choose())

  const { exit, record } = await travel()

  expect({ exit, code: record.stop?.code }).toEqual({ exit: 3, code: 'PREFLIGHT_REFUSED' })
  expect(record.stop?.message).toMatch(said)
  expect(record.irreversibleDone).toBe(false)
  expect(await estate.running('shop')).toBe(oldSha)
})

it('an address that answers 503 once is asked once more', async () => {
  proxy.misbehave(once(all, { fault: 'status', status: 503 })())

  const { exit, record } = await travel()

  expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
  expect(record.deployed).toMatchObject([{ verified: 'yes' }])
  expect(await estate.sent('shop')).toHaveLength(1)
})
