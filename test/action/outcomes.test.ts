import { execFileSync } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { program } from '../e2e/conduct-process.ts'
import type { Step } from './runner/action-file.ts'
import type { JobResult } from './runner/job.ts'
import { use } from './start-job.ts'
import { makeWorkplace } from './workplace.ts'

const hold = (lane: string, inputs: Readonly<Record<string, string>> = {}): Step =>
  use('hold', { lane, ...inputs }, { id: 'lane' })
const after: Step = {
  run: 'echo "went on with $OUTCOME"',
  env: { OUTCOME: '${{ steps.lane.outputs.outcome }}' },
}
const outputsOf = (result: JobResult | null) => result?.steps['lane']?.outputs

describe.concurrent('a lane that somebody else holds', () => {
  it('is waited for, stepped aside from or a failure, as lanes.yaml says; nobody is left in its line', async () => {
    using place = makeWorkplace()
    for (const lane of ['site', 'nightly', 'strict'])
      await place.ana('lane', 'acquire', lane, '--task', 'ANA-1')

    const [queue, skip, fail] = await Promise.all([
      place.run({ steps: [hold('site', { wait: '1s' }), after] }),
      place.run({ steps: [hold('nightly'), after], run: 7002 }),
      place.run({ steps: [hold('strict'), after], run: 7003 }),
    ])

    const told = { outcome: 'held_by_other', acquired: 'false', token: '', held_for: 'ANA-1' }
    for (const result of [queue, skip, fail]) {
      expect(outputsOf(result)).toMatchObject({ ...told, held_by: expect.stringMatching(/^cli:ana@/) })
      expect(result.summary).toMatch(/is held by `cli:ana@.*`, since `.*`, for `ANA-1`/)
    }
    expect([queue, skip, fail].map(({ conclusion }) => conclusion)).toEqual(['failure', 'success', 'failure'])
    expect(skip.log).toContain('went on with held_by_other')
    expect(skip.log).toMatch(/^::notice title=lane nightly::/m)
    expect(queue.log).toMatch(/^::error title=lane site::site is held by cli:ana@/m)
    for (const lane of ['site', 'strict']) expect(await place.waiting(lane)).toEqual([])
    for (const lane of ['site', 'nightly', 'strict']) {
      expect(await place.holders(lane)).toMatchObject([{ holder: expect.stringMatching(/^cli:ana@/) }])
    }
  })

  it('leaves the line when the job is cancelled while it waits', async () => {
    using place = makeWorkplace()
    await place.ana('lane', 'acquire', 'site')
    const job = place.start({ steps: [hold('site'), after] })
    while ((await place.waiting('site')).length === 0) await setTimeout(200)

    job.cancel()
    const result = await job.ended

    expect(result?.conclusion).toBe('cancelled')
    expect(result?.log).not.toContain('went on')
    expect(await place.waiting('site')).toEqual([])
  })

  it('fails the job at its end when a captain took it meanwhile', async () => {
    using place = makeWorkplace()
    const job = place.start({
      steps: [hold('site'), { run: 'echo holding; until [ -e "$RUNNER_TEMP/go" ]; do sleep 0.1; done' }],
    })
    await job.said('holding')
    const [held] = await place.holders('site')
    await place.ana('lane', 'force-release', 'site', '--token', String(held?.token), '--reason', 'urgent')
    execFileSync('touch', [join(place.path, 'job-1', 'temp', 'go')])
    const result = await job.ended

    expect(result?.conclusion).toBe('failure')
    expect(result?.summary).toContain('**Lane `site`** was lost before this job ended')
  })
})

describe.concurrent('a store', () => {
  it('that is away stops the job where the lane is closed, and is said where it is open', async () => {
    const bare = join('/var/tmp', `conduct-away-${process.pid}.git`)
    execFileSync('git', ['init', '--quiet', '--bare', bare])
    using place = makeWorkplace({ store: `git+file://${bare}` })
    renameSync(bare, `${bare}.gone`)

    const closed = await place.run({ steps: [hold('site'), after] })
    const open = await place.run({ steps: [hold('seeds'), after] })
    execFileSync('rm', ['-r', `${bare}.gone`])

    expect(closed.conclusion).toBe('failure')
    expect(outputsOf(closed)).toMatchObject({
      outcome: 'error',
      acquired: 'false',
      error: 'STORE_UNREACHABLE',
    })
    expect(closed.summary).toContain('**`STORE_UNREACHABLE`**')
    expect(open.conclusion).toBe('success')
    expect(outputsOf(open)).toMatchObject({ outcome: 'store_disabled', error: 'STORE_UNREACHABLE' })
    expect(open.log).toContain('went on with store_disabled')
    expect(open.summary).toContain('**Lane `seeds`** is not held: the store could not be reached')
    expect(open.log).toMatch(/^::warning title=lane seeds::/m)
  })

  it('that is none in a job of CI lets go on what can be undone, and says so', async () => {
    using place = makeWorkplace({ store: 'sqlite' })

    const reversible = await place.run({ steps: [hold('seeds'), after] })
    const irreversible = await place.run({ steps: [hold('site'), after] })

    expect(outputsOf(reversible)).toMatchObject({ outcome: 'store_disabled', error: 'STORE_DISABLED' })
    expect(reversible.conclusion).toBe('success')
    expect(reversible.summary).toContain('the store is disabled in this job')
    expect(outputsOf(irreversible)).toMatchObject({ outcome: 'error', error: 'STORE_DISABLED' })
    expect(irreversible.conclusion).toBe('failure')
  })
})

describe.concurrent('a job', () => {
  it('is the same holder in its later steps, takes two lanes and gives both back, and may act for a person', async () => {
    using place = makeWorkplace()
    const ask = `"${process.execPath}" "${program}" guard --base HEAD --json > "$RUNNER_TEMP/guard.json"`
    const setUp = 'git config user.name a; git config user.email a@b; git add .; git commit -qm x'
    const change = `${setUp}; mkdir docs; touch docs/a; git add docs; ${ask.replace('--base HEAD', '--staged')}`

    const result = await place.run({
      steps: [
        hold('site', { person: 'ci' }),
        { ...hold('seeds'), id: 'second' },
        { run: change },
        { run: 'cat "$RUNNER_TEMP/guard.json"' },
      ],
    })

    expect(result.log).toContain('"held_by_me":true')
    expect(result.steps).toMatchObject({
      lane: { outputs: { holder: 'action:ci#7001:1' } },
      second: { outputs: { outcome: 'acquired', holder: 'action:7001:1' } },
    })
    expect(result.posts).toEqual(['/second', '/lane'])
    expect([await place.holders('site'), await place.holders('seeds')]).toEqual([[], []])
  })

  it('uses the conduct beside the action where none is named, and says what is wrong with a setting', async () => {
    using place = makeWorkplace()

    const beside = await place.run({ steps: [{ ...hold('site'), with: { lane: 'site' } }] })
    const wrong = await Promise.all(
      [
        hold('site', { program: 'no/such.js' }),
        hold('site', { version: '1; touch pwned', program: '' }),
        hold('no_such_lane'),
        hold('site', { wait: 'soon' }),
        hold('site', { person: 'a b' }),
      ].map((step) => place.run({ steps: [step] })),
    )

    expect(outputsOf(beside)).toMatchObject({ outcome: 'acquired' })
    expect(wrong.map(({ conclusion }) => conclusion)).toEqual(Array.from(wrong, () => 'failure'))
    expect(wrong.map(({ log }) => /^::error .*$/m.exec(log)?.[0])).toMatchObject([
      expect.stringContaining('there is no'),
      expect.stringContaining('version: 1; touch pwned is none'),
      expect.stringContaining('LANE_UNKNOWN'),
      expect.stringContaining('needs a unit'),
      expect.stringContaining('person is a name'),
    ])
    expect(existsSync(join(place.path, 'shop', 'pwned'))).toBe(false)
  })
})
