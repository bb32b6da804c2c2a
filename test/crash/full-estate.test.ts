import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Estate, openEstate } from '@conduct/rehearsal'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { conduct, temporaryFolder } from '../e2e/conduct-process.ts'
import { hasRuby } from '../ecosystems/gem-seeds.ts'
import { yarnDispatcher } from '../ecosystems/yarn-programs.ts'
import { readWorld } from './world.ts'

/**
 * `rehearse --estate full` dies, and its printed last line finishes the run, with everybody else who has to act. By
 * default at three points that only this estate has; at every point that a whole run passes with CONDUCT_CRASH=all.
 */
const isWhole = process.env['CONDUCT_CRASH'] === 'all'
const someMinutes = 10 * 60_000
/** One after the other, each some minutes. */
const wholeMsMax = 12 * 3_600_000
/** An approval, the maintainer's word, and the end; one more than a run needs. */
const linesMax = 5

const few = [
  'stage:acted',
  ...(hasRuby ? ['publish:acted@publish:rehearsal_engine@1.1.0'] : ['propose:acted']),
  'deploy:acted@deploy:portal',
]

interface Said {
  readonly exit: number
  readonly text: string
}

describe('conduct rehearse --estate full that is killed', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let places: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }
  beforeEach(async () => {
    folder = temporaryFolder()
    const tmp = join(folder.path, 'tmp')
    mkdirSync(tmp)
    const yarn = await yarnDispatcher(join(folder.path, 'bin'))
    places = { cwd: folder.path, env: { TMPDIR: tmp, PATH: [yarn, process.env['PATH']].join(delimiter) } }
  })
  afterEach(() => folder[Symbol.dispose]())

  if (isWhole) test('at any point is finished by its last line', { timeout: wholeMsMax }, everyPoint)
  else {
    test.each(few)('at %s is finished by its last line', { timeout: someMinutes }, async (point) => {
      expect(await outcomeOf(point)).toBe('one world')
    })
  }

  async function everyPoint(): Promise<void> {
    const pointsFile = join(folder.path, 'points.log')
    const env = { ...places.env, CONDUCT_REHEARSE_POINTS_FILE: pointsFile }
    const whole = await conduct(['rehearse', '--estate', 'full'], { ...places, env })
    expect({ exit: whole.exit, stderr: whole.stderr }).toMatchObject({ exit: 0 })
    const passed = (await readFile(pointsFile, 'utf8')).split('\n').filter((line) => line !== '')
    const points = [...new Set(passed)]
    for (const point of few) expect(points.join('\n')).toContain(point)

    const ends: Record<string, string> = {}
    for (const point of points) ends[point] = await outcomeOf(point).catch(String)

    expect(ends).toEqual(Object.fromEntries(points.map((point) => [point, 'one world'])))
  }

  /** `one world`, or what is wrong with it. */
  async function outcomeOf(point: string): Promise<string> {
    const killed = await conduct(['rehearse', '--estate', 'full', '--kill-at', point], places)
    if (killed.exit !== 137) return `was not killed: exit ${killed.exit}\n${killed.stdout}${killed.stderr}`
    const dir = /The estate is in (\S+);/u.exec(killed.stdout)?.[1] ?? ''
    const estate = await openEstate(dir)
    try {
      const last = await finish(estate, killed.stdout)
      if (last.exit !== 0) return `its last line ended with ${last.exit}\n${last.text}`
      return await judge(estate)
    } finally {
      await estate.stop()
      await rm(dir, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  /** Types the last line, and what it asks others for when it waits for them, until the run is done. */
  async function finish(estate: Estate, printed: string): Promise<Said> {
    const line = printed.trimEnd().split('\n').at(-1) ?? ''
    let said: Said = { exit: -1, text: 'nothing was typed' }
    for (let typed = 0; typed < linesMax; typed += 1) {
      said = await typeInShell(line.replace(/ run engine$/u, typed === 0 ? '$&' : resumed(said.text)))
      if (said.exit !== 6) return said
      const next = /^Next: (.*)$/mu.exec(said.text)?.[1] ?? ''
      const stages = next.split(' && ').filter((command) => command.split(' ').includes('stage'))
      for (const command of stages) await estate.people?.approveStaged(command.split(' '))
      if (stages.length === 0) await approveAs(estate, next)
    }
    return said
  }

  /** A run that was begun by the last line goes on under the name that it printed. */
  function resumed(text: string): string {
    const run = /\brun ([0-9a-f]{4,})\b/u.exec(text)?.[1]
    return run === undefined ? '$&' : ` resume ${run}`
  }

  /** Carl types what was printed, as himself. */
  async function approveAs(estate: Estate, next: string): Promise<void> {
    const command = next.split(' && ').find((one) => one.includes(' approve ')) ?? ''
    expect(command).toContain(`--sign --key ${estate.people?.keyFile}`)
    const approved = await typeInShell(
      `${command.replace(/ --as \S+/u, '')} --as cli:${estate.people?.approver}`,
      estate.people?.env,
    )
    expect(approved).toMatchObject({ exit: 0 })
  }

  function typeInShell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Said> {
    return new Promise((resolve) => {
      execFile(
        'sh',
        ['-c', line],
        { cwd: places.cwd, env: { ...process.env, ...places.env, ...env } },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : error.code
          resolve({ exit: typeof code === 'number' ? code : -1, text: `${stdout}${stderr}` })
        },
      )
    })
  }
})

async function judge(estate: Estate): Promise<string> {
  const { runsHead, engine, lane } = await readWorld(estate)
  const apps = estate.consumers.map(({ name }) => name)
  const same = <Value>(value: Value) => Object.fromEntries(apps.map((app) => [app, value]))
  expect(apps.includes('kiosk')).toBe(hasRuby)
  expect({ runsHead, engine, lane }).toEqual({
    runsHead: same(true),
    engine: same('1.1.0'),
    lane: { holders: 0, waiting: 0, notes: 0 },
  })
  const { publishes, stages, pushes, deploys, configures } = await estate.readAttempts()
  expect([...publishes.keys()].toSorted()).toEqual([
    '@rehearsal/engine@1.1.0',
    '@rehearsal/money@1.1.0',
    ...(hasRuby ? ['rehearsal_engine@1.1.0'] : []),
  ])
  expect([...deploys.keys()].toSorted()).toEqual(apps.toSorted())
  const more = Object.entries({ publishes, stages, pushes, deploys, configures }).flatMap(
    ([kind, attempts]) =>
      [...attempts]
        .filter(([, count]) => count !== 1)
        .map(([what, count]) => `${kind} ${what}: ${count} attempts`),
  )
  return more.length === 0 ? 'one world' : more.join('; ')
}
