import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { type DeployEstate, deployEstate, oldSha } from './deploy-estate.ts'
import { openConductor } from './open-conductor.ts'
import { hastyClock } from './hasty-clock.ts'

const train = { train: 'engine', waitMsMax: 0 } as const
/** One consumer runs and one command deploys it: what the fault does is all there is to see. */
const deployTimeout = 'timeout: 2s'

interface CommandFault {
  readonly fault: string
  readonly place: 'before' | 'after' | 'current'
  readonly shell: string
  readonly ends: { readonly exit: number; readonly code: string | null }
  readonly message: string
  /** What really runs after it. */
  readonly runs: 'old' | 'new'
  /** After the fault is gone: a resume finishes it, with so many calls of the deploy command in all. */
  readonly sentInAll: number
}

/** What only fails once the deploy was made: what it runs by then is no longer the old one. */
const onceDeployed = (shell: string) => `if [ "$(cat "$sha")" != ${oldSha} ]; then ${shell}; fi`
const none = { exit: 1, code: 'STEP_COMMAND_FAILED' } as const

const commandFaults: readonly CommandFault[] = [
  {
    fault: 'unreachable',
    place: 'before',
    shell: 'echo "connect ECONNREFUSED" >&2; exit 7',
    ends: none,
    message: 'ECONNREFUSED',
    runs: 'old',
    sentInAll: 2,
  },
  {
    fault: 'slow',
    place: 'before',
    shell: 'exec sleep 60',
    ends: none,
    message: 'bin/deploy',
    runs: 'old',
    sentInAll: 2,
  },
  {
    fault: '5xx once',
    place: 'before',
    shell: 'echo "HTTP 502" >&2; exit 1',
    ends: none,
    message: 'HTTP 502',
    runs: 'old',
    sentInAll: 2,
  },
  {
    fault: '5xx for ever',
    place: 'before',
    shell: 'echo "HTTP 503" >&2; exit 1',
    ends: none,
    message: 'HTTP 503',
    runs: 'old',
    sentInAll: 2,
  },
  {
    fault: 'acts and then fails the answer',
    place: 'after',
    shell: 'echo "HTTP 502" >&2; exit 1',
    ends: { exit: 0, code: null },
    message: '',
    runs: 'new',
    sentInAll: 1,
  },
  {
    fault: 'stale data',
    place: 'current',
    shell: `echo ${oldSha}; exit 0`,
    ends: { exit: 7, code: 'DEPLOY_INEFFECTIVE' },
    message: 'still runs',
    runs: 'new',
    sentInAll: 1,
  },
  {
    fault: 'a half answer',
    place: 'current',
    shell: onceDeployed('cut -c1-5 "$sha"; exit 0'),
    ends: { exit: 7, code: 'EXPECTED_STATE' },
    message: 'runs; expected was',
    runs: 'new',
    sentInAll: 1,
  },
  {
    fault: 'nobody says what runs',
    place: 'current',
    shell: onceDeployed('echo "HTTP 500" >&2; exit 1'),
    ends: { exit: 7, code: 'STEP_COMMAND_FAILED' },
    message: 'HTTP 500',
    runs: 'new',
    sentInAll: 1,
  },
]

describe('a deploy command that misbehaves', () => {
  it.each(commandFaults)(
    '$fault: its end is pinned, nothing is done twice, nothing green that was not read',
    async (one) => {
      await using estate = await deployEstate(['shop'])
      await using ana = await openConductor({
        ...estate,
        lanesYaml: estate.lanesYaml({ deploy: deployTimeout }),
      })
      const head = await estate.head('shop')
      await estate.script('shop', one.place, one.shell)

      const { exit, record } = await ana.conductor.runTrain(train)

      expect({ exit, code: record.stop?.code ?? null, message: record.stop?.message ?? '' }).toEqual({
        ...one.ends,
        message: expect.stringContaining(one.message) as string,
      })
      expect(await estate.running('shop')).toBe(one.runs === 'new' ? head : oldSha)
      expect(await estate.sent('shop')).toEqual([head])
      expect(record.deployed.filter(({ verified }) => verified === 'yes')).toHaveLength(exit === 0 ? 1 : 0)
      expect(record.irreversibleDone).toBe(one.runs === 'new')

      await estate.script('shop', one.place, ':')
      const resumed = await ana.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

      expect({ stop: resumed.record.stop, exit: resumed.exit }).toEqual({ stop: null, exit: 0 })
      expect(await estate.sent('shop')).toHaveLength(one.sentInAll)
      expect(resumed.record.deployed).toMatchObject([{ sha: head, verified: 'yes', rollback: null }])
    },
  )
})

type Answer = NonNullable<DeployEstate['answer']>
const json = (response: ServerResponse, sha: string) => void response.end(JSON.stringify({ sha }))
const status = (response: ServerResponse, code: number) => void response.writeHead(code).end('{}')

interface UrlFault {
  readonly fault: string
  readonly answer: Answer
  readonly ends: { readonly exit: number; readonly code: string | null }
  readonly verified: 'yes' | 'no' | 'inconclusive'
  readonly message: string
}

const inconclusive = { exit: 9, code: 'VERIFY_INCONCLUSIVE' } as const

const urlFaults: readonly UrlFault[] = [
  {
    fault: 'unreachable',
    answer: (response) => void response.destroy(),
    ends: inconclusive,
    verified: 'inconclusive',
    message: '0 of the last',
  },
  {
    fault: 'slow',
    answer: () => undefined,
    ends: inconclusive,
    verified: 'inconclusive',
    message: 'no answer within',
  },
  {
    fault: '5xx once',
    answer: (response, { sha, read }) => (read === 1 ? status(response, 503) : json(response, sha)),
    ends: { exit: 0, code: null },
    verified: 'yes',
    message: '',
  },
  {
    fault: '5xx for ever',
    answer: (response) => status(response, 503),
    ends: inconclusive,
    verified: 'inconclusive',
    message: 'answered 503',
  },
  {
    fault: 'stale data',
    answer: (response) => json(response, oldSha),
    ends: { exit: 9, code: 'VERIFY_FAILED' },
    verified: 'no',
    message: `sha is ${oldSha}`,
  },
  {
    fault: 'a stale cache that says so',
    answer: (response) => {
      response.setHeader('age', '3600')
      json(response, oldSha)
    },
    ends: inconclusive,
    verified: 'inconclusive',
    message: 'from before the deploy',
  },
  {
    fault: 'flapping',
    answer: (response, { sha, read }) => json(response, read % 2 === 0 ? sha : oldSha),
    ends: inconclusive,
    verified: 'inconclusive',
    message: 'of the last 3 reads match',
  },
  {
    fault: 'a half answer',
    answer: (response, { sha }) => void response.end(`{"sha":"${sha.slice(0, 20)}`),
    ends: inconclusive,
    verified: 'inconclusive',
    message: 'no JSON',
  },
  {
    fault: 'sent elsewhere',
    answer: (response) => void response.writeHead(302, { location: 'http://login.example/' }).end(),
    ends: inconclusive,
    verified: 'inconclusive',
    message: 'sends us elsewhere',
  },
]

describe('a verification address that misbehaves', () => {
  it.each(urlFaults)('$fault: $verified, and a resume reads again without a deploy', async (one) => {
    await using estate = await deployEstate(['shop'])
    await using ana = await openConductor({
      ...estate,
      lanesYaml: estate.lanesYaml({ deploy: 'on_failed_verify: offer' }),
      clock: hastyClock(),
    })
    estate.answer = one.answer

    const { exit, record } = await ana.conductor.runTrain(train)

    expect({ exit, code: record.stop?.code ?? null, message: record.stop?.message ?? '' }).toEqual({
      ...one.ends,
      message: expect.stringContaining(one.message) as string,
    })
    expect(record.deployed).toMatchObject([{ verified: one.verified, rollback: null }])
    estate.answer = null
    const resumed = await ana.conductor.resumeRun({ run: record.run, waitMsMax: 0 })
    expect({ stop: resumed.record.stop, exit: resumed.exit }).toEqual({ stop: null, exit: 0 })
    expect(resumed.record.deployed).toMatchObject([{ verified: 'yes' }])
    expect(await estate.sent('shop')).toHaveLength(1)
  })

  it('is no reason to roll back by itself as long as nothing is sure, whatever is declared', async () => {
    await using estate = await deployEstate(['shop'])
    await using ana = await openConductor({
      ...estate,
      lanesYaml: estate.lanesYaml({ deploy: 'on_failed_verify: automatic' }),
      clock: hastyClock(),
    })
    estate.answer = (response) => status(response, 503)

    const { exit, record } = await ana.conductor.runTrain(train)

    expect({ exit, code: record.stop?.code }).toEqual(inconclusive)
    expect(await estate.sent('shop')).toEqual([await estate.head('shop')])
  })
})

/** One of four fails: `other` is under way then, `later` comes after `other`, `behind` after the one that failed. */
describe('when one consumer fails', () => {
  it.each([
    { policy: 'stop_all', other: 'inconclusive', later: false },
    { policy: 'stop_new', other: 'yes', later: false },
    { policy: 'continue', other: 'yes', later: true },
  ] as const)('$policy: what becomes of the others', async ({ policy, other, later }) => {
    await using estate = await deployEstate(['failing', 'other', 'later', 'behind'])
    const lanesYaml = estate.lanesYaml({
      train: `on_consumer_failure: ${policy}`,
      after: { later: 'other', behind: 'failing' },
    })
    await using ana = await openConductor({ ...estate, lanesYaml })
    const failed = `${estate.dir}/state/failed`
    await estate.script('failing', 'before', `touch ${failed}; echo broken >&2; exit 1`)
    await estate.script(
      'other',
      'before',
      `n=0; while [ ! -f ${failed} ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done; sleep 2`,
    )

    const { exit, record } = await ana.conductor.runTrain(train)

    expect({ exit, code: record.stop?.code }).toEqual({ exit: 7, code: 'STEP_COMMAND_FAILED' })
    expect(record.stop?.message).toContain('failing')
    const deployed = new Map(record.deployed.map(({ repo, verified }) => [repo, verified]))
    expect(deployed.get('other')).toBe(other)
    expect(deployed.has('later')).toBe(later)
    expect([await estate.sent('behind'), deployed.has('behind')]).toEqual([[], false])
    expect(await estate.running('failing')).toBe(oldSha)
    const said = ana.events.flatMap((event) =>
      event.type === 'phase_ended' && event.outcome === 'failed' ? [event.summary] : [],
    )
    expect(said).toEqual([expect.stringMatching(/^failing failed/) as string])
  })
})
