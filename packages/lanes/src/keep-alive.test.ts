import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Lease } from './api.ts'
import { hashSecret } from './claim-secret.ts'
import { identifyProcess, ownProcess } from './host/process-identity.ts'
import { systemClock } from './host/system-clock.ts'
import { keepAlive, type KeeperOrder } from './keep-alive.ts'
import { quickDefinition } from './testing/lane-definitions.ts'
import { openLanePlace } from './testing/lane-place.ts'

const looksMax = 1000

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    if (await isTrue()) return
    await systemClock.sleep(20)
  }
  throw new Error('it never came true')
}

const definition = { ...quickDefinition, renewMs: 100 }

function orderFor(lease: Lease, storeUrl: string): Omit<KeeperOrder, 'parent' | 'lifeMsMax'> {
  const { claim, token, secret } = lease
  return {
    storeUrl,
    estate: null,
    lane: 'lane',
    definition,
    key: { claim, token, secretHash: hashSecret(secret) },
  }
}

test('a detached renewer renews an unattended lease until the process it is bound to is gone', async () => {
  await using place = await openLanePlace({ lane: definition })
  const lane = place.open('ana').lane('lane')
  const result = await lane.acquire({ resources: ['shop'], attended: false, waitMsMax: 0 })
  if (result.outcome !== 'granted') throw new Error('expected a lease')
  const parent = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  await once(parent, 'spawn')
  const identity = identifyProcess(parent.pid ?? 0)
  if (identity === null) throw new Error('it runs')
  const renewedAt = async (): Promise<number> => (await lane.inspect()).document.holders[0]?.renewedAt.ms ?? 0
  const before = await renewedAt()

  const { pid } = await keepAlive({
    ...orderFor(result.lease, place.url),
    parent: identity,
    lifeMsMax: 60_000,
  })

  expect(await renewedAt()).toBeGreaterThan(before)
  const first = await renewedAt()
  await until(async () => (await renewedAt()) > first)
  parent.kill('SIGKILL')
  await until(() => identifyProcess(pid) === null)
})

test('it ends with its lifetime, with the lease, and is refused for a claim that is not held', async () => {
  await using place = await openLanePlace({ lane: definition })
  const lane = place.open('ana').lane('lane')
  const result = await lane.acquire({ resources: ['shop'], attended: false, waitMsMax: 0 })
  if (result.outcome !== 'granted') throw new Error('expected a lease')
  const order = { ...orderFor(result.lease, place.url), parent: ownProcess() }

  const short = await keepAlive({ ...order, lifeMsMax: 1000 })
  await until(() => identifyProcess(short.pid) === null)
  const long = await keepAlive({ ...order, lifeMsMax: 60_000 })
  await lane.release({ claim: result.lease.claim, secret: result.lease.secret })
  await until(() => identifyProcess(long.pid) === null)

  await expect(keepAlive({ ...order, lifeMsMax: 60_000 })).rejects.toMatchObject({ code: 'LEASE_LOST' })
})
