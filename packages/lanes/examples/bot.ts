/**
 * A bot that releases a project in three steps. It takes a lane so that only one does so at a time, hands its fencing
 * token to a target that refuses older ones, stops when the lease is lost, and hands the lane back.
 *
 *     node bot.ts sqlite:/tmp/lanes.db /tmp/target.db shop 1.4.0
 */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isConductError, type Lease, openLanes, openStore } from '@conduct/lanes'

const [storeUrl = '', targetPath = '', project = '', version = '', stepMs = '100'] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  await using store = await openStore(storeUrl, { estate: 'example' })
  const lanes = openLanes({
    store,
    holder: `bot:${process.env['BOT_NAME'] ?? 'releaser'}`,
    lanes: { release: { scope: 'project', purpose: 'One release of a project at a time.' } },
  })
  const lane = lanes.lane('release')

  const answer = await lane.acquire({ resources: [project], task: `release ${version}`, wait: 2000 })
  if (answer.outcome !== 'granted') {
    const { holder, estimate } = answer
    const next = estimate === null ? 'unknown' : `in ${Math.round(estimate.ms / 1000)} s (${estimate.basis})`
    say(`held by ${holder?.holder ?? 'others in line'} for ${holder?.task ?? 'something'}; my turn: ${next}`)
    if (answer.outcome === 'queued') await lane.leave(answer)
    return 10
  }

  await using lease = answer.lease
  say(`granted ${lease.resources.join(', ')}, token ${lease.token}`)
  try {
    for (const step of ['build', 'upload', 'publish']) await act(lease, step)
  } catch (error) {
    if (!isConductError(error, 'LEASE_LOST') && !lease.signal.aborted) throw error
    say(`stopped: ${String(lease.signal.reason ?? error)}`)
    return 11
  }
  say(`released ${project} ${version}`)
  return 0
}

/** One effect: it begins only while the lease is surely ours, and ends at once when it no longer is. */
async function act(lease: Lease, step: string): Promise<void> {
  const effect = { name: step, timeoutMs: 10_000, renewFirst: step === 'publish' }
  await lease.guard(effect, async ({ token, signal }) => {
    await sleep(Number(stepMs), undefined, { signal })
    writeToTarget(token, step)
    say(`${step} done`)
  })
}

/** The target compares: whoever comes with an older token than it has seen changes nothing. */
function writeToTarget(token: number, step: string): void {
  using target = new DatabaseSync(targetPath)
  target.exec(
    'create table if not exists release (project text primary key, token int, step text, version text)',
  )
  const { changes } = target
    .prepare(
      'insert into release values (?1, ?2, ?3, ?4) on conflict (project) ' +
        'do update set token = ?2, step = ?3, version = ?4 where token <= ?2',
    )
    .run(project, token, step, version)
  if (changes === 0) throw new Error(`the target has seen a newer token than ${token}`)
}

process.exitCode = await main()
