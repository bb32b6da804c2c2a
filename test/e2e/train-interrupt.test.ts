import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { readWorld } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import {
  type RunDocument,
  type TrainProcess,
  gate,
  photograph,
  processesWith,
  shell,
  trainProcess,
  until,
  expectExit,
} from './train-process.ts'

describe('Ctrl-C and SIGTERM', () => {
  const estates = useEstates()

  test('before anything irreversible: exit 8 with the lane handed back, and resume finishes', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const held = gate(estate.dir, 'check')
    await train.declare([[/checks: \[\]/u, `checks: [${shell(held.script)}]`]])
    const before = await photograph(estate)
    const going = train.start(['run', 'engine', '--approve'])
    await until(() => existsSync(held.reached))

    going.kill('SIGINT')
    const stopped = await going.ended

    expectExit(stopped, 8)
    expect(stopped.stdout).toContain('nothing irreversible was done')
    expect(stopped.stdout).toContain('error INTERRUPTED')
    const run = /^Next: .* resume ([0-9a-f]+)$/mu.exec(stopped.stdout)?.[1] ?? ''
    expect(await photograph(estate)).toEqual(before)
    expect(await processesWith(held.reached)).toEqual([])
    expect(await holdersOf(train)).toEqual([])
    await train.declare()
    const done = await train.json(['resume', run, '--approve'])
    expect([done.exit, done.document.state]).toEqual([0, 'done'])
    await expectTravelled(train)
  })

  test('after: what is being done is finished, exit 7 with the lane kept, and resume does only the rest', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const held = gate(estate.dir, 'deploy')
    const deploy = JSON.stringify(['sh', '-c', `${held.script}; exec bin/deploy --sha "$1"`, 'sh', '{sha}'])
    await train.declare([
      [/run: bin\/deploy --sha \{sha\}/u, `run: { argv: ${deploy} }`],
      ['      - repo: admin\n', '      - repo: admin\n        after: [shop]\n'],
    ])
    const going = train.start(['run', 'engine', '--approve', '--json'])
    await until(() => existsSync(held.reached))

    going.kill('SIGTERM')
    await until(() => going.output().includes('once more ends it at once'))
    await writeFile(held.open, '')
    const stopped = await going.ended

    expectExit(stopped, 7)
    const document = JSON.parse(stopped.stdout) as RunDocument
    expect(document).toMatchObject({
      state: 'stopped',
      error: { code: 'INTERRUPTED', irreversible_done: true },
    })
    expect(document.published).toHaveLength(1)
    expect(document.deployed.map(({ repo }) => repo)).toEqual(['shop'])
    const other = await train.json(['run', 'engine'], { as: 'cli:carl@desk' })
    expect([other.exit, other.document.error?.code]).toEqual([3, 'RUN_UNFINISHED'])
    expect(other.document.error?.next).toMatch(new RegExp(` resume ${document.run}$`, 'u'))

    const done = await train.json(['resume', document.run])

    expect([done.exit, done.document.state]).toEqual([0, 'done'])
    await expectTravelled(train)
    expect(Object.fromEntries((await estate.readAttempts()).deploys)).toEqual({ shop: 1, admin: 1 })
  })

  test.each([
    ['before anything irreversible', 'checks', 8],
    ['after', 'deploy', 7],
  ] as const)('asked twice, %s, it ends at once and says how to go on', async (_when, place, exit) => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const held = gate(estate.dir, place)
    const stubborn = shell(`trap '' INT TERM; ${held.script}`)
    await train.declare([
      place === 'checks'
        ? [/checks: \[\]/u, `checks: [${stubborn}]`]
        : [/run: bin\/deploy --sha \{sha\}/u, `run: ${stubborn}`],
    ])
    const going = train.start(['run', 'engine', '--approve', '--json'])
    await until(() => existsSync(held.reached))

    going.kill('SIGINT')
    await until(() => going.output().includes('once more ends it at once'))
    going.kill('SIGINT')
    const ended = await going.ended

    expectExit(ended, exit)
    const document = JSON.parse(ended.stdout) as RunDocument
    expect(document).toMatchObject({ ok: false, exit, error: { code: 'INTERRUPTED' } })
    expect(document.error?.irreversible_done).toBe(exit === 7)
    const run = / resume ([0-9a-f]+) --wait$/u.exec(document.error?.next ?? '')?.[1] ?? ''
    await until(async () => (await processesWith(held.reached)).length === 0)
    await train.declare()
    const done = await train.json(['resume', run, '--replan', '--approve', '--wait'])
    expect([done.exit, done.document.state]).toEqual([0, 'done'])
    await expectTravelled(train)
  })
})

async function holdersOf(train: TrainProcess): Promise<unknown> {
  const { document } = await train.json(['lane', 'show', 'release_train'])
  return (document as unknown as { readonly holders: unknown }).holders
}

async function expectTravelled({ estate }: TrainProcess): Promise<void> {
  const world = await readWorld(estate)
  for (const { name } of estate.consumers) {
    expect(world.mains[name]).toHaveLength(2)
    expect(world.running[name]).toMatchObject({ sha: world.heads[name], engine: '1.1.0' })
  }
  expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
  expect(world.tags).toEqual(['engine-v1.0.0', 'engine-v1.1.0'])
}
