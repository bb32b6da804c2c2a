import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Estate } from '@conduct/rehearsal'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FaultProxy, HttpCall, HttpFault } from '../servers/fault-proxy.ts'
import { readWorld } from './estate-world.ts'
import { type OpenedConductor, openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { startRegistryProxy } from './registry-proxy.ts'
import { useEstates } from './use-estates.ts'
import { bounded } from '../bounded.ts'

/**
 * The npm registry on bad days, through the whole conductor: how the run ends, that resume finishes it once the day
 * is better, that nothing is published twice and nothing called green that was not read.
 */
const execute = promisify(execFile)
const estates = useEstates('npmAndPnpm')
const name = '@rehearsal/engine'
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
const isPackument = ({ method, path }: HttpCall): boolean => method === 'GET' && path === `/${name}`
const always =
  (matches: (call: HttpCall) => boolean, fault: HttpFault) =>
  (call: HttpCall): HttpFault | null =>
    matches(call) ? fault : null
const once = (matches: (call: HttpCall) => boolean, fault: HttpFault) => {
  let left = 1
  return (call: HttpCall): HttpFault | null => (matches(call) && left-- > 0 ? fault : null)
}

interface Expected {
  readonly exit: number
  readonly code: string | null
  readonly said: RegExp | null
  readonly irreversibleDone: boolean
  /** Whether 1.1.0 is at the registry when the run has ended for now. */
  readonly isLive: boolean
}

const finished: Expected = { exit: 0, code: null, said: null, irreversibleDone: true, isLive: true }
const notKnown: Expected = {
  exit: 7,
  code: 'REGISTRY_UNREACHABLE',
  said: /^whether @rehearsal\/engine@1\.1\.0 reached http:.* is not known/,
  irreversibleDone: true,
  isLive: false,
}
const refused: Expected = {
  exit: 3,
  code: 'PREFLIGHT_REFUSED',
  said: /registry/,
  irreversibleDone: false,
  isLive: false,
}

const days: readonly (readonly [string, () => (call: HttpCall) => HttpFault | null, Expected])[] = [
  ['is unreachable', () => always(() => true, { fault: 'unreachable' }), refused],
  ['answers 500 for ever', () => always(() => true, { fault: 'status', status: 500 }), refused],
  ['answers every question by halves', () => always(isPackument, { fault: 'half' }), refused],
  ['answers 500 to one question', () => once(isPackument, { fault: 'status', status: 500 }), finished],
  ['answers late', () => always(() => true, { fault: 'late', afterMs: 50 }), finished],
  ['answers one question by half', () => once(isPackument, { fault: 'half' }), finished],
  ['is gone for the publish', () => always(isPublish, { fault: 'unreachable' }), notKnown],
  ['answers 503 to the publish', () => once(isPublish, { fault: 'status', status: 503 }), notKnown],
  ['never answers the publish', () => always(isPublish, { fault: 'hang' }), notKnown],
  ['takes the publish and loses the answer', () => always(isPublish, { fault: 'acts_unanswered' }), finished],
  [
    'takes the publish and answers 502',
    () => always(isPublish, { fault: 'acts_then_status', status: 502 }),
    finished,
  ],
  ['takes the publish and answers by half', () => always(isPublish, { fault: 'half' }), finished],
  [
    'does not show what was published',
    () => always(isPackument, { fault: 'stale' }),
    { ...finished, exit: 7, code: 'AWAIT_TIMEOUT', said: /after 5 s: .* is not visible/ },
  ],
  [
    'says the version is taken, and does not show it',
    () =>
      always(isPublish, {
        fault: 'status',
        status: 403,
        body: '{"error":"You cannot publish over the previously published versions: 1.1.0."}',
      }),
    {
      ...notKnown,
      code: 'OUTCOME_UNKNOWN',
      said: /the registry has @rehearsal\/engine@1\.1\.0 and does not show it yet/,
    },
  ],
]

describe('a train whose registry', () => {
  test.each(bounded(days, 3))(
    '%s ends as pinned, and is finished once on a better day',
    async (_day, choose, expected) => {
      await using registry = await behindProxy()
      const { estate, proxy, opened } = registry
      const { conductor } = opened
      proxy.misbehave(choose())

      const ended = await conductor.runTrain(run)

      expect({ exit: ended.exit, code: ended.record.stop?.code ?? null }).toEqual({
        exit: expected.exit,
        code: expected.code,
      })
      expect(ended.record.stop?.message ?? '').toMatch(expected.said ?? /^$/)
      expect(ended.record.irreversibleDone).toBe(expected.irreversibleDone)
      const live = (await readWorld(estate)).live[name] ?? {}
      expect('1.1.0' in live).toBe(expected.isLive)
      // Nothing is called published that was not read back.
      expect(ended.record.published.length > 0).toBe(expected.isLive)

      proxy.misbehave(null)
      const { run: id } = ended.record
      const last =
        expected.exit === 0 ? ended : await conductor.resumeRun({ run: id, approve: true, waitMsMax: 0 })
      expect({ exit: last.exit, stop: last.record.stop }).toEqual({ exit: 0, stop: null })
      const { entries } = await estate.readAttempts()
      const taken = entries.filter((attempt) => attempt.kind === 'publish' && attempt.status < 300)
      expect(taken).toHaveLength(1)
      const world = await readWorld(estate)
      expect(Object.values(world.running).map(({ engine }) => engine)).toEqual(['1.1.0', '1.1.0'])
    },
  )

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
