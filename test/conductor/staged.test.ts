import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { leftStaged } from '@conduct/core'
import type { Estate } from '@conduct/rehearsal'
import { describe, expect, test } from 'vitest'
import { git, readWorld } from './estate-world.ts'
import { typeAsMaintainer } from './maintainer.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

const execute = promisify(execFile)
const estates = useEstates('npmAndPnpm')
const name = '@rehearsal/engine'
const staged = [[/(package: "@rehearsal\/engine", ecosystem: npm)/, '$1, staged: true, timeout: 5s']] as const

async function open(estate: Estate) {
  return openConductor({
    dir: estate.dir,
    storeUrl: estate.storeUrl,
    lanesYaml: await quickLanesYaml(estate, staged),
  })
}

const liveVersions = async (estate: Estate) => Object.keys((await readWorld(estate)).live[name] ?? {})

describe('a train whose library is staged', () => {
  test('stages once, hands over to a person, and finishes when they have approved', async () => {
    const estate = await estates.fresh()
    await using first = await open(estate)
    const { conductor } = first

    const waiting = await conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect(waiting).toMatchObject({
      exit: 6,
      record: {
        state: 'waiting_approval',
        irreversibleDone: false,
        stop: { code: 'STAGE_APPROVAL_MISSING', phase: 'publish' },
        lane: { released: true },
      },
    })
    const { run, next } = waiting.record
    expect(next).toMatch(
      new RegExp(
        `^npm stage approve [0-9a-f-]{36} --registry=${estate.registryUrl} && conduct resume ${run}$`,
      ),
    )
    expect(waiting.record.steps.find(({ kind }) => kind === 'stage')).toMatchObject({ state: 'done' })
    expect(await liveVersions(estate)).toEqual(['1.0.0'])

    const still = await conductor.resumeRun({ run, waitMsMax: 0 })
    expect(still).toMatchObject({ exit: 6, record: { next, stop: { code: 'STAGE_APPROVAL_MISSING' } } })

    const { ways } = await conductor.previewCompensation({ run })
    expect(ways.map(({ outlook, why }) => `${outlook} ${why}`)).toContainEqual(
      expect.stringMatching(
        /^stays .*stays staged .*; a maintainer throws it away with: npm stage reject [0-9a-f-]{36} /u,
      ),
    )

    await typeAsMaintainer(estate, next)
    const finished = await conductor.resumeRun({ run, waitMsMax: 0 })

    expect(finished).toMatchObject({
      exit: 0,
      record: {
        state: 'done',
        irreversibleDone: true,
        published: [{ package: name, version: '1.1.0', tag: 'engine-v1.1.0' }],
      },
    })
    const world = await readWorld(estate)
    expect(Object.keys(world.live[name] ?? {})).toEqual(['1.0.0', '1.1.0'])
    expect(world.tags).toContain('engine-v1.1.0')
    expect(Object.values(world.running).map(({ engine }) => engine)).toEqual(['1.1.0', '1.1.0'])
    const { stages, publishes } = await estate.readAttempts()
    expect([...stages]).toEqual([[`${name}@1.1.0`, 1]])
    expect([...publishes]).toEqual([[`${name}@1.1.0`, 1]])
  })

  test('does not stage again what somebody threw away, and does not call it unpublished', async () => {
    const estate = await estates.fresh()
    await using opened = await open(estate)
    const { conductor } = opened
    const waiting = await conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    const reject = (waiting.record.next ?? '').replace('stage approve', 'stage reject')
    await typeAsMaintainer(estate, reject)

    const gone = await conductor.resumeRun({ run: waiting.record.run, waitMsMax: 0 })

    expect(gone).toMatchObject({
      exit: 7,
      record: { state: 'stopped', irreversibleDone: true, stop: { code: 'STAGE_GONE' } },
    })
    expect([...(await estate.readAttempts()).stages.values()]).toEqual([1])
    const aborted = await conductor.abortRun({ run: waiting.record.run, reason: 'thrown away' })
    expect(aborted.record.state).toBe('aborted')
    expect(leftStaged(aborted.record.steps)).toEqual([])
  })

  test('refuses to take over what somebody else staged from other bytes', async () => {
    const estate = await estates.fresh()
    const home = join(estate.dir, 'somebody')
    await execute('mkdir', ['-p', home])
    await writeFile(join(home, '.npmrc'), await git(estate, estate.producer, 'show', 'main:.npmrc'))
    await writeFile(join(home, 'package.json'), JSON.stringify({ name, version: '1.1.0' }))
    const env = { PATH: process.env['PATH'] ?? '', HOME: home }
    await execute('npm', ['stage', 'publish', '--ignore-scripts'], { cwd: home, env })
    await using opened = await open(estate)

    const refused = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect(refused).toMatchObject({ exit: 3, record: { stop: { code: 'INTEGRITY_MISMATCH' } } })
    expect(refused.record.stop?.hint).toMatch(/npm stage reject [0-9a-f-]{36} --registry=/)
    expect(await liveVersions(estate)).toEqual(['1.0.0'])
    await rm(home, { recursive: true })
  })

  test('carries on with what was staged when main has moved since', async () => {
    const estate = await estates.fresh()
    await using opened = await open(estate)
    const { conductor } = opened
    const waiting = await conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    const checkout = estate.checkouts[estate.producer] ?? ''
    await writeFile(join(checkout, 'notes.md'), 'later\n')
    const as = ['-c', 'user.name=Carl', '-c', 'user.email=carl@acme.example']
    await execute('git', ['-C', checkout, 'add', '--all'])
    await execute('git', ['-C', checkout, ...as, 'commit', '--quiet', '-m', 'later'])
    await execute('git', ['-C', checkout, 'push', '--quiet'])
    await typeAsMaintainer(estate, waiting.record.next)

    const finished = await conductor.resumeRun({ run: waiting.record.run, waitMsMax: 0 })

    expect(finished).toMatchObject({ exit: 0, record: { state: 'done' } })
  })
})
