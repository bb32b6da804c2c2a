import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Estate } from '@conduct/rehearsal'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FaultProxy, HttpCall } from '../servers/fault-proxy.ts'
import { type OpenedConductor, openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { startRegistryProxy } from './registry-proxy.ts'
import { useEstates } from './use-estates.ts'

/** A registry that wants a person, in an estate with consumers; its bad days are in `test/faults/npm-registry.test.ts`. */
const execute = promisify(execFile)
const estates = useEstates('npmAndPnpm')
const run = { train: 'engine', approve: true, waitMsMax: 0 } as const

interface Registry extends AsyncDisposable {
  readonly estate: Estate
  readonly proxy: FaultProxy
  readonly opened: OpenedConductor
}

/** The producer publishes through the proxy; consumers read the registry itself. */
async function behindProxy(): Promise<Registry> {
  const estate = await estates.fresh()
  const proxy = await startRegistryProxy(estate)
  const opened = await openConductor({
    dir: estate.dir,
    storeUrl: estate.storeUrl,
    lanesYaml: await quickLanesYaml(estate, [
      ['ecosystem: npm,', `ecosystem: npm, registry: "${proxy.url}", timeout: 5s,`],
    ]),
  })
  return {
    estate,
    proxy,
    opened,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

const isPublish = ({ method }: HttpCall): boolean => method === 'PUT'

describe('a train whose registry', () => {
  test('asks for a one-time password is handed to a person, who types what is printed', async () => {
    await using registry = await behindProxy()
    const { estate, proxy, opened } = registry
    proxy.misbehave((call) => {
      if (!isPublish(call)) return null
      const headers = { 'www-authenticate': 'OTP' }
      return { fault: 'status', status: 401, headers, body: '{"error":"You must provide a one-time pass."}' }
    })

    const waiting = await opened.conductor.runTrain(run)

    const { run: id, next, stop } = waiting.record
    expect(waiting).toMatchObject({ exit: 6, record: { state: 'waiting_approval', irreversibleDone: false } })
    expect(stop?.code).toBe('PUBLISH_OTP')
    const [typed = '', ours] = (next ?? '').split(' && ')
    expect(ours).toBe(`conduct resume ${id}`)
    proxy.misbehave(null)
    const [program = '', ...words] = typed.split(' ')
    await execute(program, words, {
      cwd: estate.dir,
      env: { PATH: process.env['PATH'] ?? '', HOME: join(estate.dir, 'home') },
    })
    const resumed = await opened.conductor.resumeRun({ run: id, waitMsMax: 0 })

    expect({ exit: resumed.exit, stop: resumed.record.stop }).toEqual({ exit: 0, stop: null })
    const publishes = [...(await estate.readAttempts()).publishes.values()]
    expect(publishes).toEqual([1])
  })
})
