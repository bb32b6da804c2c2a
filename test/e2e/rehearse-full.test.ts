import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasRuby } from '../ecosystems/gem-seeds.ts'
import { yarnDispatcher } from '../ecosystems/yarn-programs.ts'
import { conduct, temporaryFolder } from './conduct-process.ts'
import { expectExit } from './train-process.ts'

const minutesMax = 10 * 60_000
/** The one on Bundler is left out where there is no Ruby. */
const apps = hasRuby ? 6 : 5

interface FullDocument {
  readonly published: readonly { readonly package: string }[]
  readonly adopted: readonly { readonly repo: string; readonly to: string; readonly pull_request?: string }[]
  readonly deployed: readonly { readonly verified: string }[]
}

/**
 * Everything at once: a forge with protected branches, a workflow that deploys, a signed approval, staged packages, a gem.
 * That it survives `kill -9` is shown in test/crash/full-estate.test.ts.
 */
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
})
