import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openConductor } from './open-conductor.ts'
import { readWorld } from './estate-world.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { startChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'

const points = ['publish:intended', 'adopt:intended@adopt:shop', 'deploy:before@deploy:admin']

describe('a conductor that stands still past its lease', () => {
  const estates = useEstates()

  it.each(points)(
    'at %s: another finishes the run; awake again it exits 11 and starts nothing',
    async (point) => {
      const estate = await estates.fresh()
      const { dir, storeUrl } = estate
      const lanesYaml = await quickLanesYaml(estate, [
        [/(approval: .*\n)/u, '$1    lease: { ttl: 8s, renew: 1s, margin: 1s }\n'],
      ])
      const sleeper = startChild({ dir, storeUrl, lanesYaml, at: { point, signal: 'SIGSTOP' } })
      while (!isStopped(sleeper.pid)) await new Promise((resolve) => setTimeout(resolve, 50))
      await using other = await openConductor({ ...estate, lanesYaml })
      const [left] = await other.conductor.listRuns()

      const finished = await other.conductor.resumeRun({ run: left?.run ?? '', waitMsMax: 120_000 })
      const world = await readWorld(estate)
      const attempts = await estate.readAttempts()
      process.kill(sleeper.pid, 'SIGCONT')
      const woken = await sleeper.end

      expect(finished.record.stop).toBeNull()
      expect({ exit: finished.exit, state: finished.record.state }).toEqual({ exit: 0, state: 'done' })
      expect({ exit: woken.exitCode, signal: woken.signal }).toEqual({ exit: 11, signal: null })
      expect(woken.result?.record.stop?.exit).toBe(11)
      expect(await readWorld(estate)).toEqual(world)
      expect((await estate.readAttempts()).entries).toEqual(attempts.entries)
      expect((await other.conductor.readRun(left?.run ?? '')).state).toBe('done')
    },
  )
})

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
}
