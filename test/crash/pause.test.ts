import { readFile } from 'node:fs/promises'

import { describe, expect, it } from 'vitest'

import { type CrashEstate, finish, isWhole, withCrashEstate } from './crash-estate.ts'
import { readWorld } from './world.ts'

/**
 * A conductor that is stopped (SIGSTOP) past its lease while another finishes its run: woken up, it exits 11 and
 * changes nothing any more. The one window that no client can close, between the last check of the deadline and a
 * target that cannot compare, lies behind `intended` and before the effect; no point stands in it.
 */
const points = isWhole
  ? ['claim:acted', 'approve:acted', 'keep:acted', 'publish', 'tag', 'adopt', 'configure', 'deploy'].flatMap(
      (kind) =>
        kind.includes(':')
          ? [kind]
          : ['before', 'intended', 'acted', 'proved'].map((position) => `${kind}:${position}`),
    )
  : ['publish:intended', 'adopt:intended', 'deploy:before']

describe('a conductor that is stopped past its lease', () => {
  it.concurrent.each(points)(
    'exits 11 when it wakes up at %s after another has finished its run',
    async (point) => {
      await withCrashEstate({ lease: 'short' }, async (estate) => {
        const sleeper = estate.start(['run', 'engine', '--approve', '--json'], {
          CONDUCT_REHEARSE_KILL_AT: point,
          CONDUCT_REHEARSE_KILL_SIGNAL: 'SIGSTOP',
        })
        await untilStopped(sleeper.child.pid ?? 0)

        const finished = await finish(estate)
        const before = await attemptsOf(estate)
        sleeper.child.kill('SIGCONT')
        const woken = await sleeper.ended

        expect(finished).toMatchObject({ exit: 0 })
        expect(woken).toMatchObject({ exit: 11 })
        expect(await attemptsOf(estate)).toEqual(before)
        expect(before.filter(([, count]) => count !== 1)).toEqual([])
        const world = await readWorld(estate.estate)
        expect(world).toMatchObject({
          runsHead: { shop: true, admin: true },
          engine: { shop: '1.1.0', admin: '1.1.0' },
          lane: { holders: 0, waiting: 0, notes: 0 },
        })
      })
    },
    300_000,
  )
})

async function attemptsOf(estate: CrashEstate): Promise<readonly (readonly [string, number])[]> {
  const { publishes, pushes, deploys, configures } = await estate.estate.readAttempts()
  return [...publishes, ...pushes, ...deploys, ...configures]
}

/** Every thread of the process is stopped, as the kernel shows it. */
async function untilStopped(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    if (/^\d+ \(.*\) T/.test(stat)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
