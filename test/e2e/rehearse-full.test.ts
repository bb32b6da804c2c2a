import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { openEstate } from '@conduct/rehearsal'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readWorld } from '../conductor/estate-world.ts'
import { hasRuby } from '../ecosystems/gem-seeds.ts'
import { yarnDispatcher } from '../ecosystems/yarn-programs.ts'
import { conduct, temporaryFolder } from './conduct-process.ts'
import { expectExit } from './train-process.ts'

const run = promisify(execFile)
const minutesMax = 5 * 60_000
/** The one on Bundler is left out where there is no Ruby. */
const apps = hasRuby ? 6 : 5

interface FullDocument {
  readonly published: readonly { readonly package: string }[]
  readonly adopted: readonly { readonly repo: string; readonly to: string; readonly pull_request?: string }[]
  readonly deployed: readonly { readonly verified: string }[]
}

/** Everything at once: a forge with protected branches, a workflow that deploys, a signed approval, staged packages, a gem. */
describe('conduct rehearse --estate full', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let places: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }
  beforeEach(async () => {
    folder = temporaryFolder()
    const tmp = join(folder.path, 'tmp')
    mkdirSync(tmp)
    const yarn = await yarnDispatcher(join(folder.path, 'bin'))
    places = {
      cwd: folder.path,
      env: { TMPDIR: tmp, PATH: [yarn, process.env['PATH']].join(delimiter) },
    }
  })
  afterEach(() => folder[Symbol.dispose]())

  test('travels to its end, with everybody else who has to act', { timeout: minutesMax }, async () => {
    const ended = await conduct(['rehearse', '--estate', 'full', '--json'], places)

    expectExit(ended, 0)
    const document = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '{}') as FullDocument
    expect(document).toMatchObject({
      state: 'done',
      approvals: [{ by: 'carl', proof: 'ssh', verdict: 'approved' }],
    })
    expect(document.published.map((one) => one.package).toSorted()).toEqual([
      '@rehearsal/engine',
      '@rehearsal/money',
      ...(hasRuby ? ['rehearsal_engine'] : []),
    ])
    const ways = document.adopted
      .filter(({ to }) => to === '1.1.0')
      .map(({ repo, pull_request: url }) => `${repo}: ${url === undefined ? 'pushed' : 'pull request'}`)
    expect([...new Set(ways)].toSorted()).toEqual([
      'admin: pushed',
      'billing: pushed',
      ...(hasRuby ? ['kiosk: pushed'] : []),
      'portal: pull request',
      'search: pushed',
      'shop: pull request',
    ])
    expect(document.deployed.map(({ verified }) => verified)).toEqual(Array(apps).fill('yes'))
  })

  test(
    'dies while a pull request is being opened; its last line finishes the run, and nothing was done twice',
    { timeout: minutesMax },
    async () => {
      const killed = await conduct(
        ['rehearse', '--estate', 'full', '--kill-at', 'pull_request:acted'],
        places,
      )

      expectExit(killed, 137)
      const finish = killed.stdout.trimEnd().split('\n').at(-1) ?? ''
      const dir = /The estate is in (\S+);/u.exec(killed.stdout)?.[1] ?? ''
      const estate = await openEstate(dir)
      try {
        expect(finish).toMatch(/^GH_ENTERPRISE_TOKEN=ghp_rehearsal_\S+ .* resume [0-9a-f]+$/u)
        const { stdout } = await run('sh', ['-c', finish], {
          cwd: folder.path,
          env: { ...process.env, ...places.env },
        })

        expect(stdout).toContain('done.')
        const world = await readWorld(estate)
        expect(Object.values(world.running).map(({ engine }) => engine)).toEqual(Array(apps).fill('1.1.0'))
        const attempts = await estate.readAttempts()
        expect([...attempts.stages.values()]).toEqual([1, 1])
        expect([...attempts.publishes.values()]).toEqual(hasRuby ? [1, 1, 1] : [1, 1])
        expect([...attempts.deploys.values()]).toEqual(Array(apps).fill(1))
        const offered = attempts.entries.flatMap((attempt) =>
          attempt.kind === 'push' && attempt.ref.startsWith('refs/heads/conduct/') ? [attempt.repo] : [],
        )
        expect(offered.toSorted()).toEqual(['portal', 'shop'])
      } finally {
        await estate.stop()
      }
    },
  )
})
