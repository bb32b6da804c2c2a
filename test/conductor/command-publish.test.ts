import { describe, test } from 'vitest'
import { type CommandEstate, commandEstate } from './command-estate.ts'
import { hastyClock } from './hasty-clock.ts'
import { openConductor } from './open-conductor.ts'
import { runChild } from './run-child.ts'

/** A library that no adapter knows: one command publishes it, another says what is published. */
const start = { train: 'engine', approve: true, waitMsMax: 0 } as const

async function travel(estate: CommandEstate) {
  await using opened = await openConductor(estate)
  return await opened.conductor.runTrain(start)
}

async function resume(estate: CommandEstate) {
  await using opened = await openConductor(estate)
  const [last] = await opened.conductor.listRuns()
  if (last === undefined) throw new Error('there is no run to resume')
  return await opened.conductor.resumeRun({ run: last.run, approve: true, waitMsMax: 30_000 })
}

const once = ['1.1.0']

describe.concurrent('a train that publishes by a command', () => {
  test('publishes, sees it, tags it, and its consumer adopts it', async ({ expect }) => {
    await using estate = await commandEstate()

    const { record, exit } = await travel(estate)

    expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
    expect(record.published).toMatchObject([
      { package: 'engine', version: '1.1.0', integrity: 'shelf:1.1.0', registry: 'bin/publish {version}' },
    ])
    expect(record.adopted).toMatchObject([{ repo: 'kiosk', from: '1.0.0', to: '1.1.0' }])
    expect(await estate.git('engine', 'tag')).toBe('v1.1.0')
    expect(await estate.git('kiosk', 'show', 'main:engine.version')).toBe('1.1.0')
    expect(await estate.asked()).toEqual(once)
  })

  test('believes what is shown where the command acts and then fails', async ({ expect }) => {
    await using estate = await commandEstate()
    await estate.behave('fails after')

    const { record, exit } = await travel(estate)

    expect({ exit, stop: record.stop }).toEqual({ exit: 0, stop: null })
    const step = record.steps.find(({ kind }) => kind === 'publish')
    expect(step?.facts['complaint']).toContain('exit code 1')
    expect(await estate.asked()).toEqual(once)
  })

  test('stops where it fails, STEP_COMMAND_FAILED, and publishes on resume', async ({ expect }) => {
    await using estate = await commandEstate()
    await estate.behave('fails before')

    const stopped = await travel(estate)
    await estate.behave('fine')
    const ended = await resume(estate)

    expect(stopped.record.stop).toMatchObject({ code: 'STEP_COMMAND_FAILED', exit: 7, phase: 'publish' })
    expect(stopped.record.stop?.message).toContain('no room')
    expect({ exit: ended.exit, stop: ended.record.stop }).toEqual({ exit: 0, stop: null })
    expect(await estate.arrived()).toEqual(once)
  })

  test.for([
    { timeout: '10m', asked: once },
    // The control: a target that lags for longer than its package may take is asked twice.
    { timeout: '30s', asked: [...once, ...once] },
  ])(
    'acts, fails, and lags: is not asked again within the $timeout that the package may take',
    async ({ timeout, asked }, { expect }) => {
      await using estate = await commandEstate()
      await estate.behave('fails, shows late')
      const lanesYaml = estate.lanesYaml.replace('timeout: 1s', `timeout: ${timeout}`)
      await using opened = await openConductor({ ...estate, lanesYaml, clock: hastyClock() })

      const stopped = await opened.conductor.runTrain(start)
      await opened.conductor.resumeRun({ run: stopped.record.run, approve: true, waitMsMax: 30_000 })

      expect(stopped.record.stop).toMatchObject({ code: 'STEP_COMMAND_FAILED', exit: 7, phase: 'publish' })
      expect(await estate.asked()).toEqual(asked)
    },
  )

  test('calls nothing published that nothing shows, and does not do again what shows later', async ({
    expect,
  }) => {
    await using estate = await commandEstate()
    await estate.behave('loses it')

    const stopped = await travel(estate)
    await estate.put('1.1.0')
    const ended = await resume(estate)

    expect(stopped.record.stop).toMatchObject({ code: 'OUTCOME_UNKNOWN', exit: 7, phase: 'publish' })
    expect(stopped.record.published).toEqual([])
    expect({ exit: ended.exit, stop: ended.record.stop }).toEqual({ exit: 0, stop: null })
    expect(await estate.asked()).toEqual(once)
  })

  test('is stopped before anything is done by a version that is there, and by what cannot be read', async ({
    expect,
  }) => {
    await using estate = await commandEstate()
    await estate.behave('unreadable')
    const unread = await travel(estate)
    await estate.behave('fine')
    await estate.put('1.1.0')
    const taken = await travel(estate)

    expect([unread.exit, taken.exit]).toEqual([3, 3])
    expect(unread.record.stop?.message).toMatch(
      /unknown version_free:engine: Not known whether engine@1.1.0/u,
    )
    expect(unread.record.stop?.message).toContain('shelf on fire')
    expect(taken.record.stop?.message).toMatch(/red version_free:engine: VERSION_TAKEN: engine@1.1.0/u)
    expect(await estate.asked()).toEqual([])
  })

  test('killed at publish:proved publishes once, all in all', async ({ expect }) => {
    await using estate = await commandEstate()

    const at = { point: 'publish:proved', signal: 'SIGKILL' } as const
    const killed = await runChild({ ...estate, approve: true, at })
    const ended = await resume(estate)

    expect(killed).toMatchObject({ signal: 'SIGKILL' })
    expect({ exit: ended.exit, stop: ended.record.stop }).toEqual({ exit: 0, stop: null })
    expect(await estate.asked()).toEqual(once)
    expect(await estate.git('engine', 'tag')).toBe('v1.1.0')
  })

  test.for(['publish:intended', 'publish:acted'])(
    'killed at %s while nothing shows is never done again by itself: a person decides, OUTCOME_UNKNOWN',
    async (point, { expect }) => {
      await using estate = await commandEstate()
      await estate.behave('shows nothing')

      const killed = await runChild({ ...estate, approve: true, at: { point, signal: 'SIGKILL' } })
      const asked = await estate.asked()
      const first = await resume(estate)
      const second = await resume(estate)

      expect(killed).toMatchObject({ signal: 'SIGKILL' })
      for (const { record } of [first, second]) {
        expect(record.stop).toMatchObject({
          code: 'OUTCOME_UNKNOWN',
          exit: 7,
          phase: 'publish',
          hint: expect.stringMatching(/run bin\/publish 1\.1\.0 at [0-9a-f]{40} by hand/u) as string,
        })
      }
      expect(await estate.asked()).toEqual(asked)

      await estate.behave('fine')
      if (asked.length === 0) await estate.put('1.1.0')
      const ended = await resume(estate)
      expect({ exit: ended.exit, stop: ended.record.stop }).toEqual({ exit: 0, stop: null })
      expect(await estate.arrived()).toEqual(once)
    },
  )
})
