import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Estate, openEstate, stopEstate } from '@conduct/rehearsal'
import { expect, test } from 'vitest'
import type { ConductEnd } from '../conduct-process.ts'
import { dispatchByHand } from '../conductor/dispatch-by-hand.ts'
import { conduct, temporaryFolder } from '../e2e/conduct-process.ts'
import { hasRuby } from '../ecosystems/gem-seeds.ts'
import { yarnDispatcher } from '../ecosystems/yarn-programs.ts'
import { isWhole, kindsOfCrashEstate } from './crash-estate.ts'
import { dieAgainAndAgain, type StoppedDocument } from './dying-run.ts'
import { readWorld } from './world.ts'

/**
 * `rehearse --estate full` dies, and its printed last line finishes the run, although that dies again and again, and
 * with everybody else who has to act. By default once at each kind of effect that only this estate has, right after it
 * happened; at every point that the run passes with CONDUCT_CRASH=all.
 */
const runMsMax = isWhole ? 3 * 3_600_000 : 10 * 60_000

const firstDeath = isWhole ? 'claim:before' : 'stage:acted'
/** All but the first of one app: no death comes while another's effect is half done. */
const laterDeaths = [
  ...(hasRuby ? ['publish:acted@publish:rehearsal_engine@1.1.0'] : []),
  'propose:acted@propose:portal',
  'pull_request:acted@pull_request:portal',
  'adopt:acted@adopt:portal',
  'retire_branch:acted@retire_branch:portal',
  'deploy:acted@deploy:portal',
]

test(
  'a full rehearsal that is killed, again and again, is finished by its last line',
  { timeout: runMsMax },
  async () => {
    using folder = temporaryFolder()
    const tmp = join(folder.path, 'tmp')
    mkdirSync(tmp)
    const yarn = await yarnDispatcher(join(folder.path, 'bin'))
    const env = { TMPDIR: tmp, PATH: [yarn, process.env['PATH']].join(delimiter) }
    const pointsFile = join(folder.path, 'points.log')
    const killed = await conduct(['rehearse', '--estate', 'full', '--kill-at', firstDeath], {
      cwd: folder.path,
      env: { ...env, CONDUCT_REHEARSE_POINTS_FILE: pointsFile },
    })
    const dir = /The estate is in (\S+);/u.exec(killed.stdout)?.[1] ?? ''
    expect({ exit: killed.exit, said: killed.stdout + killed.stderr }).toMatchObject({ exit: 137 })
    try {
      const estate = await openEstate(dir)
      const lastLine = killed.stdout.trimEnd().split('\n').at(-1) ?? ''
      const [, typed = ''] = /^(.*) (?:run engine|resume [0-9a-f]+)$/u.exec(lastLine) ?? []
      const shell = (line: string, more: Readonly<Record<string, string>> = {}) =>
        typeInShell(line, { cwd: folder.path, env: { ...process.env, ...env, ...more } })

      const { deaths, last } = await dieAgainAndAgain({
        start: (argv, more) => ({ ended: shell([typed, ...argv].join(' '), more) }),
        flags: [],
        killAt: isWhole ? 'every' : laterDeaths.join(' '),
        pointsFile,
        help: (stopped) => actForOthers(estate, stopped, shell),
      })

      expect({ exit: last.exit, said: last.stdout + last.stderr }).toMatchObject({ exit: 0 })
      const passed = (await readFile(pointsFile, 'utf8')).trimEnd().split('\n')
      const kinds = (points: readonly string[]) => [
        ...new Set(points.map((point) => point.replace(/:.*$/u, ''))),
      ]
      // Of the whole, each kind: what one process began for several apps at once, a later one may find done.
      const died = (points: readonly string[]) => (isWhole ? kinds(points) : points)
      expect(died(deaths)).toEqual(expect.arrayContaining([...died(laterDeaths)]))
      const own = kinds(passed).filter((kind) => !(kindsOfCrashEstate as readonly string[]).includes(kind))
      expect(kinds([firstDeath, ...deaths])).toEqual(expect.arrayContaining(own))
      await expectOneWorld(estate)
      if (isWhole)
        process.stderr.write(`died at ${deaths.length + 1} points:\n${[firstDeath, ...deaths].join('\n')}\n`)
    } finally {
      await stopEstate(dir)
    }
  },
)

type Shell = (line: string, env?: Readonly<Record<string, string>>) => Promise<ConductEnd>

/** They type what was printed: the maintainer with a second factor, carl as himself. */
async function actForOthers(estate: Estate, stopped: StoppedDocument, shell: Shell): Promise<void> {
  const { next, error } = stopped
  if (error?.code === 'OUTCOME_UNKNOWN') {
    const { forgeUrl = '', env = {} } = estate.people ?? {}
    const token = env['GH_ENTERPRISE_TOKEN'] ?? ''
    await dispatchByHand(error.hint ?? '', { apiUrl: `${forgeUrl}/api/v3`, token })
    return
  }
  const commands = (next ?? '').split(' && ')
  const stages = commands.filter((command) => command.split(' ').includes('stage'))
  for (const command of stages) await estate.people?.approveStaged(command.split(' '))
  if (stages.length > 0) return
  const approve = commands.find((command) => command.includes(' approve ')) ?? ''
  expect(approve).toContain(`--sign --key ${estate.people?.keyFile}`)
  const asCarl = `${approve.replace(/ --as \S+/u, '')} --as cli:${estate.people?.approver}`
  const approved = await shell(asCarl, estate.people?.env)
  expect({ exit: approved.exit, said: approved.stderr }).toMatchObject({ exit: 0 })
}

function typeInShell(
  line: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<ConductEnd> {
  const child = spawn('sh', ['-c', line], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }))
  })
}

async function expectOneWorld(estate: Estate): Promise<void> {
  const { runsHead, engine, lane } = await readWorld(estate)
  const apps = estate.consumers.map(({ name }) => name)
  const same = <Value>(value: Value) => Object.fromEntries(apps.map((app) => [app, value]))
  expect(apps.includes('kiosk')).toBe(hasRuby)
  expect({ runsHead, engine, lane }).toEqual({
    runsHead: same(true),
    engine: same('1.1.0'),
    lane: { holders: 0, waiting: 0, notes: 0 },
  })
  const { publishes, stages, deploys, configures, entries } = await estate.readAttempts()
  expect([...publishes.keys()].toSorted()).toEqual([
    '@rehearsal/engine@1.1.0',
    '@rehearsal/money@1.1.0',
    ...(hasRuby ? ['rehearsal_engine@1.1.0'] : []),
  ])
  expect([...deploys.keys()].toSorted()).toEqual(apps.toSorted())
  const pushes = Map.groupBy(
    entries.filter((attempt) => attempt.kind === 'push'),
    ({ repo, ref, to }) => {
      if (!ref.startsWith('refs/heads/conduct/')) return `${repo} ${ref}`
      return `${repo}: its branch ${/^0+$/u.test(to) ? 'deleted' : 'offered'}`
    },
  )
  expect([...pushes.keys()].filter((what) => what.includes('branch')).toSorted()).toEqual([
    'portal: its branch deleted',
    'portal: its branch offered',
    'shop: its branch deleted',
    'shop: its branch offered',
  ])
  const counted = [...publishes, ...stages, ...deploys, ...configures]
  const pushed = [...pushes].map(([what, attempts]) => [what, attempts.length] as const)
  expect([...counted, ...pushed].filter(([, count]) => count !== 1)).toEqual([])
  for (const repo of ['shop', 'portal']) {
    const pulls = (await askForge(estate, `/repos/remotes/${repo}/pulls?state=all`)) as readonly unknown[]
    expect(pulls).toMatchObject([{ state: 'closed', merged_at: expect.any(String) as string }])
  }
  const runs = await askForge(estate, '/repos/remotes/portal/actions/workflows/deploy.yml/runs')
  expect(runs).toMatchObject({ total_count: 1, workflow_runs: [{ conclusion: 'success' }] })
}

async function askForge({ people }: Estate, path: string): Promise<unknown> {
  const response = await fetch(`${people?.forgeUrl}/api/v3${path}`, {
    headers: { authorization: `Bearer ${people?.env['GH_ENTERPRISE_TOKEN']}` },
  })
  return response.json()
}
