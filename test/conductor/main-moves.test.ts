import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { openConductor } from './open-conductor.ts'
import { git, pushChange, readWorld } from './estate-world.ts'
import { useEstates } from './use-estates.ts'

describe('main of a consumer moves between survey and adopt', () => {
  const estates = useEstates()

  it('is surveyed, preflighted and tried again, and both commits are reported', async () => {
    const estate = await estates.fresh()
    const surveyed = await git(estate, 'shop', 'rev-parse', 'main')
    await using ana = await openConductor(estate)
    const travelling = ana.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    await until(() => ana.events.some((event) => event.type === 'phase_started' && event.phase === 'check'))
    const moved = await pushChange(estate, 'shop', 'NOTES.md', 'hello\n')

    const { record, exit } = await travelling

    expect(record.stop).toBeNull()
    expect(exit).toBe(0)
    const shop = record.adopted.find((adopted) => adopted.repo === 'shop')
    expect(shop?.surveyed).toEqual([surveyed, moved])
    const world = await readWorld(estate)
    expect(world.mains['shop']?.slice(1)).toEqual(['change NOTES.md', 'shop: sell things'])
    expect(shop?.commit).toBe(world.heads['shop'])
    expect(world.running['shop']?.sha).toBe(world.heads['shop'])
  })

  it('stops with on_move: stop, exit 7, EXPECTED_STATE; resume --replan with a new approval finishes', async () => {
    const estate = await estates.fresh()
    const text = await readFile(estate.lanesYamlPath, 'utf8')
    const lanesYaml = text.replace('      - repo: shop\n', '      - repo: shop\n        on_move: stop\n')
    await using ana = await openConductor({ ...estate, lanesYaml })
    const travelling = ana.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    await until(() => ana.events.some((event) => event.type === 'phase_started' && event.phase === 'check'))
    const moved = await pushChange(estate, 'shop', 'NOTES.md', 'hello\n')

    const stopped = await travelling

    expect(stopped.exit).toBe(7)
    expect(stopped.record.stop).toMatchObject({ code: 'EXPECTED_STATE', phase: 'adopt', exit: 7 })
    expect(stopped.record.stop?.message).toContain(moved)
    expect(stopped.record.irreversibleDone).toBe(true)
    expect(stopped.record.next).toBe(`conduct resume ${stopped.record.run} --replan`)

    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })
    const other = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    expect(other.exit).toBe(10)
    expect(other.held?.holder?.run).toBe(stopped.record.run)
    await carl.conductor.abortRun({ run: other.record.run, reason: 'held' })

    const replanned = await ana.conductor.resumeRun({
      run: stopped.record.run,
      replan: true,
      approve: true,
      waitMsMax: 0,
    })

    expect(replanned.record.stop).toBeNull()
    expect({ exit: replanned.exit, state: replanned.record.state }).toEqual({ exit: 0, state: 'done' })
    const attempts = await estate.readAttempts()
    expect([...attempts.publishes.values()]).toEqual([1])
    const world = await readWorld(estate)
    expect(world.mains['shop']).toHaveLength(3)
    expect(world.mains['admin']).toHaveLength(2)
  })
})

/** Until something was seen; the test's own time limit ends it. */
async function until(isSeen: () => boolean): Promise<void> {
  while (!isSeen()) await new Promise((resolve) => setTimeout(resolve, 20))
}
