import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { readWorld } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { type TrainProcess, trainProcess, expectExit } from './train-process.ts'

const shopsVerification = /expect: \{ json: \{ sha: "\{sha\}" \} \}, reads: 3, within: 30s/u

describe('a train that stops part-way', () => {
  const estates = useEstates()

  test('a verification that fails: exit 9, the rollback is offered and not performed; aborted, others travel', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    await train.declare([
      [shopsVerification, 'expect: { json: { sha: "not {sha}" } }, reads: 2, within: 300ms'],
    ])
    const before = await readWorld(estate)

    const failed = await train.conduct(['run', 'engine', '--approve', '--only', 'shop'])

    expectExit(failed, 9)
    expect(failed.stdout).toContain('error VERIFY_FAILED: ')
    expect(failed.stdout).toContain(`bin/deploy --sha ${before.running['shop']?.sha ?? '?'}`)
    expect(failed.stdout).toMatch(/shop: [0-9a-f]{7}, verification failed/u)
    expect(failed.stdout).toMatch(/left out +admin/u)
    const after = await readWorld(estate)
    expect(after.running['shop']?.sha).toBe(after.heads['shop'])
    expect(after.heads['admin']).toBe(before.heads['admin'])

    const run = runOf(failed.stdout)
    const aborted = await train.json(['abort', run, '--reason', 'looked at by hand'])
    expect([aborted.exit, aborted.document.state]).toEqual([0, 'aborted'])
    expect(aborted.document.published).toHaveLength(1)
    await expectFree(train)
    // The others catch up with what is live.
    const next = await train.json(['run', 'engine', '--version', '1.1.0', '--only', 'admin', '--approve'])
    expect([next.exit, next.document.state]).toEqual([0, 'done'])
    expect(next.document.adopted.map(({ repo }) => repo)).toEqual(['admin'])
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
  })

  test('one that nobody can read is inconclusive: exit 9, and resume verifies again', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const target = createServer((_request, response) => response.end('<html>up</html>'))
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`
    await train.declare([
      [
        /url: "[^"]*shop\/version", (expect: .*), reads: 3, within: 30s/u,
        `url: "${url}", $1, reads: 1, within: 300ms`,
      ],
    ])

    const unread = await train.json(['run', 'engine', '--approve', '--only', 'shop'])

    expectExit(unread, 9)
    expect(unread.document.error).toMatchObject({ code: 'VERIFY_INCONCLUSIVE', irreversible_done: true })
    expect(unread.document.error?.hint).toMatch(/bin\/deploy --sha [0-9a-f]{40}/u)
    expect(unread.document.deployed).toMatchObject([{ repo: 'shop', verified: 'inconclusive' }])
    const again = await train.json(['resume', unread.document.run])
    expect(again.exit).toBe(9)
    target.close().closeAllConnections()
    await train.declare()
    const done = await train.json(['resume', unread.document.run, '--replan', '--approve'])
    expect([done.exit, done.document.state]).toEqual([0, 'done'])
    expect(done.document.deployed).toMatchObject([{ repo: 'shop', verified: 'yes' }])
    expect(Object.fromEntries((await estate.readAttempts()).deploys)).toEqual({ shop: 1 })
  })

  test('a deploy command that fails: exit 7; the next run is refused until it acknowledges this one', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const short = [/(approval: .*\n)/u, '$1    lease: { ttl: 20s, renew: 1s, margin: 2s }\n'] as const
    await train.declare([[/run: bin\/deploy --sha \{sha\}/u, 'run: "false"'], short])

    const failed = await train.conduct(['run', 'engine', '--approve', '--only', 'shop'])

    expectExit(failed, 7)
    expect(failed.stdout).toMatch(/error STEP_COMMAND_FAILED: .*exit code 1/u)
    expect(failed.stdout).toContain('stopped part-way')
    expect(failed.stdout).toMatch(/The lane release_train is kept for this run/u)
    const run = runOf(failed.stdout)
    await train.declare([short])

    const refused = await train.json(['run', 'engine', '--version', '1.1.0', '--approve', '--wait'])
    expect([refused.exit, refused.document.error?.code]).toEqual([3, 'RUN_UNFINISHED'])
    expect(refused.document.error?.hint).toContain(`--acknowledge ${run}`)
    expect(refused.document.error?.next).toMatch(new RegExp(` resume ${run}$`, 'u'))

    const acknowledged = await train.json(
      `run engine --version 1.1.0 --approve --acknowledge ${run}`.split(' '),
    )
    expect([acknowledged.exit, acknowledged.document.state]).toEqual([0, 'done'])
    const world = await readWorld(estate)
    for (const name of ['shop', 'admin']) {
      expect(world.running[name]).toMatchObject({ sha: world.heads[name], engine: '1.1.0' })
      expect(world.mains[name]).toHaveLength(2)
    }
    await expectFree(train)
  })

  test('abort ends a run that waits for the lane, and one that waits for an approval; nothing stays behind', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    await train.declare()
    const before = await readWorld(estate)
    const approval = await train.json(['run', 'engine'])
    expect(approval.document.state).toBe('waiting_approval')
    const holder = await train.json(['lane', 'acquire', 'release_train', '--repo', 'engine'], {
      as: 'cli:carl@desk',
    })
    expect(holder.exit).toBe(0)
    const queued = await train.json(['run', 'engine'], { as: 'cli:ana@two' })
    expect([queued.exit, queued.document.state]).toEqual([10, 'waiting_lane'])

    for (const { document } of [queued, approval]) {
      const aborted = await train.json(['abort', document.run, '--reason', 'never mind'])
      expect([aborted.exit, aborted.document.state]).toEqual([0, 'aborted'])
      const twice = await train.json(['abort', document.run, '--reason', 'again'])
      expect([twice.exit, twice.document.error?.code]).toEqual([2, 'RUN_ENDED'])
    }
    const lane = await train.json(['lane', 'show', 'release_train'])
    expect(lane.document).toMatchObject({ holders: [{ holder: 'cli:carl@desk' }], waiting: [] })
    expect((await train.conduct(['lane', 'release', 'release_train'], { as: 'cli:carl@desk' })).exit).toBe(0)
    await expectFree(train)
    expect(await readWorld(estate)).toEqual(before)
  })
})

function runOf(stdout: string): string {
  return /^Train engine, run ([0-9a-f]+)/u.exec(stdout)?.[1] ?? ''
}

async function expectFree(train: TrainProcess): Promise<void> {
  const { document } = await train.json(['lane', 'show', 'release_train'])
  expect(document).toMatchObject({ holders: [], waiting: [] })
}
