import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { use } from './start-job.ts'
import { makeWorkplace, type Workplace } from './workplace.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres({ isDurable: true })
})
afterAll(() => postgres[Symbol.asyncDispose]())

async function openPlace(kind: 'sqlite' | 'postgres', lease?: string): Promise<Workplace> {
  const more = lease === undefined ? {} : { lease }
  if (kind === 'sqlite') return makeWorkplace(more)
  const url = new URL(await postgres.createDatabase())
  // No password stands in lanes.yaml.
  url.password = ''
  return makeWorkplace({ ...more, store: url.href, env: { PGPASSWORD: postgres.password } })
}

const hold = (inputs: Readonly<Record<string, string>> = {}) =>
  use('hold', { lane: 'site', ...inputs }, { id: 'lane' })
const say = { run: 'echo "outcome is $OUTCOME, holder $HOLDER"', env: outputs('outcome', 'holder') }

function outputs(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name.toUpperCase(), `\${{ steps.lane.outputs.${name} }}`]))
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe.concurrent.each(['sqlite', 'postgres'] as const)('a lane that is held for a job, on %s', (kind) => {
  it('is held by run and attempt until the job ends, kept by a process that then ends, and its secret is nowhere to be read', async () => {
    using place = await openPlace(kind, 'lease: { ttl: 6s, renew: 1s, margin: 500ms }')
    const job = place.start({
      steps: [
        hold({ reason: 'docs of 1.2', task: 'DOC-7' }),
        say,
        // Longer than a lease without renewal would be good for.
        { run: 'sleep 8; touch "$RUNNER_TEMP/late"' },
        { run: 'until [ -e "$RUNNER_TEMP/go" ]; do sleep 0.1; done' },
      ],
    })
    await job.said('outcome is acquired, holder action:7001:1')

    const during = await place.holders('site')
    const secrets = secretsBelow(join(place.path, 'job-1', 'home'))
    while (!existsSync(join(place.path, 'job-1', 'temp', 'late'))) await setTimeout(100)
    const late = await place.holders('site')
    const keeper = keeperOf(join(place.path, 'job-1', 'temp'))
    const wasKept = isRunning(keeper)
    await place.ana('lane', 'list')
    writeFileSync(join(place.path, 'job-1', 'temp', 'go'), '')
    const result = await job.ended
    while (isRunning(keeper)) await setTimeout(50)

    expect(during).toMatchObject([{ holder: 'action:7001:1', task: 'DOC-7', kept: null }])
    expect(late).toMatchObject([{ holder: 'action:7001:1', token: during[0]?.token }])
    expect(wasKept).toBe(true)
    expect(await place.holders('site')).toEqual([])
    expect(result).toMatchObject({
      conclusion: 'success',
      steps: {
        lane: { outputs: { outcome: 'acquired', acquired: 'true', token: String(during[0]?.token) } },
      },
    })
    expect(result?.summary).toContain('**Lane `site`** is held by this job')
    expect(secrets).toHaveLength(1)
    for (const secret of secrets) expect(`${result?.log}${result?.summary}`).not.toContain(secret)
  })

  it('is given back when a later step fails, and when the job is cancelled', async () => {
    using place = await openPlace(kind)

    const failed = await place.run({ steps: [hold(), { run: 'exit 3' }, { run: 'echo never' }] })
    const afterFailure = await place.holders('site')
    const job = place.start({ steps: [hold(), { run: 'echo holding; exec sleep 600' }] })
    await job.said('holding')
    const during = await place.holders('site')
    job.cancel()
    const cancelled = await job.ended

    expect([failed.conclusion, cancelled?.conclusion]).toEqual(['failure', 'cancelled'])
    expect(failed.log).not.toContain('never')
    expect([failed.posts, cancelled?.posts]).toEqual([['/lane'], ['/lane']])
    expect(during).toMatchObject([{ holder: 'action:7001:1' }])
    expect([afterFailure, await place.holders('site')]).toEqual([[], []])
  })

  it('lapses when the machine of the job dies, and goes to the next attempt, which is somebody else', async () => {
    using place = await openPlace(kind, 'lease: { ttl: 15s, renew: 1s, margin: 1s }')
    const dying = place.start({ steps: [hold(), { run: 'echo holding; exec sleep 5' }] })
    await dying.said('holding')
    const [first] = await place.holders('site')
    const keeper = keeperOf(join(place.path, 'job-1', 'temp'))

    dying.killRunner()
    const killed = await dying.ended
    const early = await place.run({ attempt: 2, steps: [hold({ wait: '0s' })] })
    const second = await place.run({ attempt: 3, steps: [hold({ wait: '10m' }), say] })

    expect(killed).toBeNull()
    expect(early).toMatchObject({
      conclusion: 'failure',
      steps: { lane: { outputs: { outcome: 'held_by_other', held_by: 'action:7001:1', acquired: 'false' } } },
    })
    expect(second).toMatchObject({
      conclusion: 'success',
      steps: { lane: { outputs: { outcome: 'acquired', holder: 'action:7001:3' } } },
    })
    expect(Number(second.steps['lane']?.outputs['token'])).toBeGreaterThan(first?.token ?? 0)
    expect(isRunning(keeper)).toBe(false)
  })
})

/** The renewer's pid, as the step saved it for the post. */
function keeperOf(temp: string): number {
  const states = readdirSync(temp)
    .filter((name) => name.startsWith('state-'))
    .map((name) => /"keeper":(\d+)/.exec(readFileSync(join(temp, name), 'utf8'))?.[1])
  return Number(states.find((pid) => pid !== undefined))
}

/** What proves claims, from the private files of the job. */
function secretsBelow(home: string): readonly string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => /claims\/.*\.json$/.test(name))
    .map((name) => (JSON.parse(readFileSync(join(home, name), 'utf8')) as { readonly secret: string }).secret)
}
