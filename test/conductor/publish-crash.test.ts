import type { RunResult } from '@conduct/conductor'
import type { Estate } from '@conduct/rehearsal'
import { describe, expect, test } from 'vitest'
import { isLong } from '../bounded.ts'
import { dispatchByHand } from './dispatch-by-hand.ts'
import { readWorld } from './estate-world.ts'
import { typeAsMaintainer } from './maintainer.ts'
import { type OpenedConductor, openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { runChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'
import { attest, ciPublishes, openWorld } from './workflow-world.ts'

/** `kill -9` at each point of publishing that is made by somebody else: staged for a person, or by a workflow. */
const estates = useEstates('npmAndPnpm')
const name = '@rehearsal/engine'
/** By default around the effect itself; the crash matrix has every position of every other effect. */
const positions = isLong
  ? (['before', 'intended', 'acted', 'proved'] as const)
  : (['intended', 'acted'] as const)

async function resumed(opened: OpenedConductor): Promise<RunResult> {
  const [last] = await opened.conductor.listRuns()
  if (last === undefined) throw new Error('the run that was killed is not known')
  return opened.conductor.resumeRun({ run: last.run, approve: true, waitMsMax: 60_000 })
}

async function expectWhole(estate: Estate, ended: RunResult): Promise<void> {
  expect({ exit: ended.exit, stop: ended.record.stop }).toEqual({ exit: 0, stop: null })
  expect(ended.record.published).toMatchObject([{ package: name, version: '1.1.0' }])
  const world = await readWorld(estate)
  expect(world.tags.filter((tag) => tag.includes('1.1.0'))).toHaveLength(1)
  expect(Object.values(world.running).map(({ engine }) => engine)).toEqual(['1.1.0', '1.1.0'])
  expect((await estate.readAttempts()).publishes.get(`${name}@1.1.0`)).toBe(1)
}

describe('a staged train that is killed', () => {
  async function stagedEstate() {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [['ecosystem: npm', 'ecosystem: npm, staged: true']])
    return { estate, base: { dir: estate.dir, storeUrl: estate.storeUrl, lanesYaml } }
  }

  test.each(positions.map((position) => `stage:${position}`))(
    'at %s stages once, waits for the person, and finishes',
    async (point) => {
      const { estate, base } = await stagedEstate()
      await using opened = await openConductor(base)

      const killed = await runChild({ ...base, at: { point, signal: 'SIGKILL' } })
      const asked = await resumed(opened)
      await typeAsMaintainer(estate, asked.record.next)
      const ended = await resumed(opened)

      expect(killed).toMatchObject({ signal: 'SIGKILL' })
      expect(asked).toMatchObject({ exit: 6, record: { stop: { code: 'STAGE_APPROVAL_MISSING' } } })
      await expectWhole(estate, ended)
      expect((await estate.readAttempts()).stages.get(`${name}@1.1.0`)).toBe(1)
    },
  )

  test('at publish:proved, right after the approval was seen, goes on from there', async () => {
    const { estate, base } = await stagedEstate()
    await using opened = await openConductor(base)
    const waiting = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    await typeAsMaintainer(estate, waiting.record.next)

    const at = { point: 'publish:proved', signal: 'SIGKILL' } as const
    const killed = await runChild({ ...base, resume: waiting.record.run, at })
    const ended = await resumed(opened)

    expect(killed).toMatchObject({ signal: 'SIGKILL' })
    await expectWhole(estate, ended)
    expect((await estate.readAttempts()).stages.get(`${name}@1.1.0`)).toBe(1)
  })
})

describe('a train that publishes by workflow and is killed', () => {
  test.each(positions.map((position) => `publish_workflow:${position}`))(
    'at %s dispatches once and finishes, by hand where nobody can know whether it was sent',
    async (point) => {
      await using world = await openWorld(await estates.fresh(), async ({ estate, commit }) => {
        await attest(estate, await ciPublishes(estate, 'built by CI'), commit)
        return 'success'
      })
      const { estate, lanesYaml, forge } = world
      const base = { dir: estate.dir, storeUrl: estate.storeUrl, lanesYaml }
      const killed = await runChild({ ...base, forge, at: { point, signal: 'SIGKILL' } })
      expect(killed).toMatchObject({ signal: 'SIGKILL' })

      const first = await resumed(world.opened)
      const isOpen = point === 'publish_workflow:intended'
      expect({ exit: first.exit, code: first.record.stop?.code ?? null }).toEqual(
        isOpen ? { exit: 7, code: 'OUTCOME_UNKNOWN' } : { exit: 0, code: null },
      )
      if (isOpen) await dispatchByHand(first.record.stop?.hint ?? '', forge)
      const ended = isOpen ? await resumed(world.opened) : first

      await expectWhole(estate, ended)
      expect(world.engine.records.runs).toHaveLength(1)
    },
  )
})
