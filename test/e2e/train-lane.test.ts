import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { readWorld } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { gate, shell, trainProcess, until, expectExit } from './train-process.ts'

describe('trains that meet', () => {
  const estates = useEstates()

  test('of two runs started at one moment one travels; the other names holder, place and estimate, exit 10', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    // Whoever travels stands still at the producer's check until the other has its answer.
    const held = gate(estate.dir, 'check')
    await train.declare([[/checks: \[\]/u, `checks: [${shell(held.script)}]`]])

    // An estimate needs turns that have ended: these are the lane's first five.
    for (let turn = 0; turn < 5; turn += 1) {
      const { exit } = await train.conduct(['exec', 'release_train', '--repo', 'engine', '--', 'true'])
      expect(exit).toBe(0)
    }

    const both = [
      train.start(['run', 'engine', '--approve', '--json'], { as: 'cli:ana@one' }),
      train.start(['run', 'engine', '--approve', '--json'], { as: 'cli:ana@two' }),
    ] as const
    const first = await Promise.race(both.map(async ({ ended }) => await ended))
    await until(() => existsSync(held.reached))

    const answer = JSON.parse(first.stdout) as Record<string, unknown>
    expectExit(first, 10)
    expect(answer).toMatchObject({
      ok: true,
      exit: 10,
      state: 'waiting_lane',
      outcome: 'queued',
      held: {
        lane: 'release_train',
        holder: { name: expect.stringMatching(/^cli:ana@(one|two)$/u) as string },
        position: 1,
        estimate: { seconds: expect.any(Number) as number, basis: expect.any(String) as string },
      },
      next: expect.stringMatching(/ resume [0-9a-f]+ --wait$/u) as string,
    })
    expect(answer).not.toHaveProperty('error')

    // The same for people, and without a place in line.
    const text = await train.conduct(['run', 'engine', '--approve', '--no-queue'], { as: 'cli:carl@three' })
    expect(text.exit).toBe(10)
    expect(text.stdout).toMatch(/release_train is held by cli:ana@(one|two) since \d\d:\d\d, run [0-9a-f]+/u)
    expect(text.stdout).toContain(': not begun; nothing was done.')
    expect(text.stdout).toContain('You have no place in line; estimate: about ')
    expect(text.stdout).not.toMatch(/ resume [0-9a-f]+$/mu)
    const line = await train.json(['lane', 'show', 'release_train'])
    expect(line.document).toMatchObject({ waiting: [{ position: 1 }] })

    const queued = await train.conduct(['run', 'engine', '--approve'], { as: 'cli:ana@four' })
    expect(queued.exit).toBe(10)
    expect(queued.stdout).toMatch(/You are number 2 in line; estimate: about /u)
    expect(queued.stdout.trimEnd().split('\n').at(-1)).toMatch(/^Next: .* resume [0-9a-f]+ --wait$/u)

    await writeFile(held.open, '')
    const ends = await Promise.all(both.map(({ ended }) => ended))
    expect(ends.map(({ exit }) => exit).toSorted((one, other) => Number(one) - Number(other))).toEqual([
      0, 10,
    ])
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
  })

  test('with --wait the second run waits its turn, and is told that the version is live by then, exit 3', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    const held = gate(estate.dir, 'check')
    await train.declare([[/checks: \[\]/u, `checks: [${shell(held.script)}]`]])
    const first = train.start(['run', 'engine', '--approve'], { as: 'cli:ana@one' })
    await until(() => existsSync(held.reached))

    const second = train.start(['run', 'engine', '--approve', '--wait'], { as: 'cli:ana@two' })
    await until(async () => (await waitersOf(train)) === 1)
    const third = await train.conduct(['run', 'engine', '--no-queue'], { as: 'cli:ana@three' })
    expect(third.stdout).toContain('estimate: unknown, too few turns have ended yet')
    await writeFile(held.open, '')

    const travelled = await first.ended
    expectExit(travelled, 0)
    const world = await readWorld(estate)
    const refused = await second.ended
    expect(refused.exit).toBe(3)
    expect(refused.stdout).toContain('VERSION_TAKEN: @rehearsal/engine@1.1.0')
    expect(refused.stderr).toMatch(
      /lane release_train: queued, place 1, held by cli:ana@one \(run [0-9a-f]+\)/u,
    )
    expect(await readWorld(estate)).toEqual(world)
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
    expect((await train.json(['lane', 'show', 'release_train'])).document).toMatchObject({
      holders: [],
      waiting: [],
    })
  })

  test('two trains over disjoint repos travel at the same time: each waits in its check for the other', async () => {
    const [one, two] = [await estates.fresh(), await estates.fresh()]
    const train = await trainProcess(one)
    const [here, there] = [gate(one.dir, 'here'), gate(one.dir, 'there')]
    await train.declare([[/checks: \[\]/u, `checks: [${shell(meeting(here.reached, there.reached))}]`]])
    const otherText = (await quickText(two)).replace(
      /checks: \[\]/u,
      `checks: [${shell(meeting(there.reached, here.reached))}]`,
    )
    await writeFile(one.lanesYamlPath, withOther(await readFile(one.lanesYamlPath, 'utf8'), otherText))

    const [first, second] = await Promise.all([
      train.json(['run', 'engine', '--approve'], { as: 'cli:ana@one' }),
      train.json(['run', 'other', '--approve'], { as: 'cli:ana@two' }),
    ])

    expect([first.exit, second.exit]).toEqual([0, 0])
    for (const estate of [one, two]) {
      const world = await readWorld(estate)
      expect(Object.keys(world.live['@rehearsal/engine'] ?? {})).toContain('1.1.0')
      for (const { name } of estate.consumers) expect(world.running[name]?.sha).toBe(world.heads[name])
    }
    const checks = [first, second].map(({ document }) => {
      const step = document.steps.find(({ kind }) => kind === 'check')
      return { from: Date.parse(step?.started_at ?? ''), to: Date.parse(step?.ended_at ?? '') }
    })
    const [a, b] = checks
    expect(a?.from).toBeLessThan(b?.to ?? 0)
    expect(b?.from).toBeLessThan(a?.to ?? 0)
    expect(first.document.lane?.waited_s).toBeLessThan(1)
  })
})

/** Says that it is here, and waits for the other; gives up by itself after a minute. */
function meeting(mine: string, theirs: string): string {
  return `touch ${mine}; for i in $(seq 600); do [ -e ${theirs} ] && exit 0; sleep 0.1; done; exit 1`
}

async function quickText(estate: Estate): Promise<string> {
  const text = await readFile(estate.lanesYamlPath, 'utf8')
  return text.replaceAll(/setup: \[.*\]/gu, 'setup: []').replaceAll(/checks: \[.*\]/gu, 'checks: []')
}

/** One lanes.yaml over two estates: the repos and the train of the second under other names. */
function withOther(text: string, other: string): string {
  const part = (from: RegExp, to: RegExp) => {
    const start = other.search(from)
    const end = other.search(to)
    return other
      .slice(start, end === -1 ? undefined : end)
      .split('\n')
      .slice(1)
      .join('\n')
  }
  const renamed = (lines: string) =>
    lines
      .replaceAll(/^ {2}(engine|shop|admin):$/gmu, '  other-$1:')
      .replaceAll(/repo: (engine|shop|admin)$/gmu, 'repo: other-$1')
  const repos = renamed(part(/^repos:/mu, /^lanes:/mu)).trimEnd()
  const train = renamed(part(/^trains:/mu, /\0/u)).replace('  other-engine:', '  other:')
  return `${text.replace(/^lanes:/mu, `${repos.replaceAll('$', '$$$$')}\n\nlanes:`).trimEnd()}\n${train}`
}

async function waitersOf(train: Awaited<ReturnType<typeof trainProcess>>): Promise<number> {
  const { document } = await train.json(['lane', 'show', 'release_train'])
  return (document as unknown as { readonly waiting: readonly unknown[] }).waiting.length
}
