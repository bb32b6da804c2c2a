import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isConductError } from '@conduct/core'
import { followedNpmrc, followedPnpmWorkspace, followedYarnrc } from './adopters/followed-settings.ts'
import { joinRanges } from './adopters/yarn-join-ranges.ts'
import { adopters } from './adopters.ts'
import { parseGemfileLock } from './lockfiles/gemfile-lock.ts'
import { gemsThatCouldStay, withGemsAsBefore } from './lockfiles/gems-that-stay.ts'
import { movementsBetween, unexplainedMovements } from './lockfiles/movements.ts'
import { parsePackageLock } from './lockfiles/package-lock.ts'
import { parsePnpmLock } from './lockfiles/pnpm-lock.ts'
import { parseYarnClassicLock } from './lockfiles/yarn-classic-lock.ts'
import { parseYarnLock } from './lockfiles/yarn-lock.ts'
import { gemDeclarations } from './manifests/gemfile.ts'
import { parseManifest } from './manifests/manifest.ts'
import { parseNpmrc } from './manifests/npmrc.ts'
import { placesIn } from './manifests/places.ts'
import { publishers } from './publishers.ts'
import { observeGem } from './registry/compact-index.ts'
import { observeVersion } from './registry/observe.ts'
import { treeOf } from './tree-of.ts'

/**
 * Whatever other people's files and servers hold: a reader answers, or throws an error of ours; it ends soon, and what
 * it read reaches no prototype. The texts are good ones that were cut, spliced and poisoned, and plain noise.
 */
const runs = { numRuns: 120 }
/** Far above what any of these texts takes; a reader that goes back over what it read misses it by far. */
const longTextMsMax = 5000

const poison = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'] as const

const samples = {
  packageLock: JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { engine: '^1.0.0' } },
      'node_modules/engine': { version: '1.0.0', integrity: 'sha512-x', dependencies: { leaf: '*' } },
      'node_modules/engine/node_modules/leaf': { version: '2.0.0', resolved: 'https://x/leaf.tgz' },
    },
    dependencies: {
      engine: { version: '1.0.0', requires: { leaf: '*' }, dependencies: { leaf: { version: '2.0.0' } } },
    },
  }),
  pnpmLock:
    "lockfileVersion: '9.0'\n\npackages:\n\n  engine@1.0.0:\n    resolution: {integrity: sha512-x}\n\nsnapshots:\n\n  engine@1.0.0(leaf@2.0.0):\n    dependencies:\n      leaf: 2.0.0\n",
  yarnLock:
    '__metadata:\n  version: 8\n\n"engine@npm:^1.0.0, engine@npm:~1.0.0":\n  version: 1.0.0\n  resolution: "engine@npm:1.0.0"\n  dependencies:\n    leaf: "npm:*"\n  checksum: 10/abc\n',
  yarnClassicLock:
    '# yarn lockfile v1\n\n\nengine@^1.0.0, engine@~1.0.0:\n  version "1.0.0"\n  resolved "https://x/engine.tgz#abc"\n  integrity sha512-x\n  dependencies:\n    leaf "*"\n',
  gemfileLock:
    'GIT\n  remote: https://x/y.git\n  revision: abc\n  specs:\n    other (1.0)\n\nGEM\n  remote: https://gems/\n  specs:\n    engine (1.0.0)\n      leaf (~> 1.0, >= 1.0.1)\n    leaf (1.0.1-java)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  engine (= 1.0)!\n\nCHECKSUMS\n  engine (1.0.0) sha256=aa\n\nBUNDLED WITH\n   2.3.15\n',
  gemfile:
    "source 'https://gems'\ngroup :x do\n  gem 'engine', '~> 1.0', require: false # x\nend\ngem \"leaf\", [\">= 1\", '< 3']\n",
  gemspec:
    "Gem::Specification.new do |s|\n  s.name = 'engine'\n  s.version = '1.0.0'\n  s.add_dependency 'leaf', '~> 1'\nend\n",
  manifest: JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    workspaces: ['packages/*', '!packages/x'],
    dependencies: { engine: '^1.0.0', leaf: 'file:../leaf' },
    resolutions: { 'a/**/engine': '1.0.0' },
    overrides: { engine: { '.': '1.0.0', leaf: '$leaf' } },
    publishConfig: { registry: 'https://x/' },
  }),
  pnpmWorkspace:
    "packages: ['packages/*']\ncatalog:\n  engine: ^1.0.0\nminimumReleaseAge: 10\noverrides:\n  engine: 1.0.0\n",
  yarnrcYml:
    "npmMinimalAgeGate: 3d\ncatalogs:\n  x: { engine: ^1.0.0 }\nnpmScopes: { acme: { npmRegistryServer: 'https://x' } }\n",
  npmrc:
    'registry=https://x/\n//x/:_authToken=${TOKEN:-abc}\nmin-release-age-exclude[]=@acme/*\ncache=/tmp\n; note\n',
  yarnrc: 'registry "https://x/"\nyarn-path ".yarn/yarn.cjs"\n--modules-folder "x"\n',
} as const

/** A text that was good once. */
function spoilt(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: text.length })
  const inserted = fc.oneof(
    fc.constantFrom(
      ...poison.map((name) => `"${name}"`),
      ...poison,
      ...poison.map((name) => `${name}:\n    ${name}: 1`),
    ),
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '\n',
      '\r\n',
      '  ',
      '{',
      '}',
      '[',
      '"',
      "'",
      ':',
      '@',
      '%',
      '&a',
      '*a',
      '!!js',
      '\u0000',
      '\uFEFF',
      '<<<<<<< HEAD\n',
    ),
  )
  return fc
    .array(fc.tuple(at, fc.nat({ max: 30 }), inserted), { maxLength: 4 })
    .map((cuts) =>
      cuts.reduce(
        (left, [start, length, by]) => left.slice(0, start) + by + left.slice(start + length),
        text,
      ),
    )
}

/** Keys of a good text renamed to what objects inherit. */
function poisoned(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('engine', 'leaf', 'dependencies', 'packages', 'version'),
      fc.constantFrom(...poison),
    )
    .map(([word, by]) => text.replaceAll(word, by))
}

function texts(...of: readonly (keyof typeof samples)[]): fc.Arbitrary<string> {
  return fc.oneof(
    ...of.flatMap((name) => [spoilt(samples[name]), poisoned(samples[name])]),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
  )
}

const untouched = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())

/** What a reader did that it may not do; null: it answered, or refused with an error of ours. */
async function misdeedOf(work: () => unknown): Promise<string | null> {
  try {
    await work()
  } catch (error) {
    if (!isConductError(error)) return String(error)
  }
  const isTouched = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort()) !== untouched
  return isTouched ? 'it reached a prototype' : null
}

const everyMovement = (
  before: Parameters<typeof movementsBetween>[0],
  after: Parameters<typeof movementsBetween>[1],
) => {
  movementsBetween(before, after)
  unexplainedMovements(before, after, ['engine', '__proto__'])
}

const readers: Readonly<
  Record<string, { readonly of: readonly (keyof typeof samples)[]; readonly read: (text: string) => unknown }>
> = {
  "npm's lockfile": {
    of: ['packageLock'],
    read: (text) => {
      const lock = parsePackageLock('package-lock.json', text)
      everyMovement(parsePackageLock('package-lock.json', samples.packageLock), lock)
    },
  },
  "pnpm's lockfile": {
    of: ['pnpmLock'],
    read: (text) => everyMovement(parsePnpmLock(samples.pnpmLock), parsePnpmLock(text)),
  },
  'the lockfile of yarn 2': {
    of: ['yarnLock', 'yarnClassicLock'],
    read: (text) => {
      everyMovement(parseYarnLock(samples.yarnLock), parseYarnLock(text))
      joinRanges(text, {
        keyOf: (all) => all.join(','),
        wanted: { name: 'engine', version: '1.0.0' },
        asked: ['engine@^1'],
      })
    },
  },
  'the lockfile of yarn 1': {
    of: ['yarnClassicLock', 'yarnLock'],
    read: (text) => everyMovement(parseYarnClassicLock(samples.yarnClassicLock), parseYarnClassicLock(text)),
  },
  "Bundler's lockfile": {
    of: ['gemfileLock'],
    read: (text) => {
      const [before, after] = [
        parseGemfileLock('Gemfile.lock', samples.gemfileLock),
        parseGemfileLock('Gemfile.lock', text),
      ]
      everyMovement(before, after)
      withGemsAsBefore(before, after, gemsThatCouldStay(before, after, ['engine']))
    },
  },
  'a Gemfile': { of: ['gemfile'], read: (text) => gemDeclarations('Gemfile', text, 'engine') },
  'a manifest': {
    of: ['manifest'],
    read: (text) => {
      parseManifest('package.json', text).range('dependencies', '__proto__')
      placesIn({ file: 'package.json', text }, ['dependencies', 'overrides'])
    },
  },
  'settings of npm, pnpm and yarn': {
    of: ['npmrc', 'yarnrc', 'pnpmWorkspace'],
    read: (text) => {
      parseNpmrc(text, { TOKEN: 'x' })
      followedNpmrc(text, {})
      followedYarnrc(text)
      followedPnpmWorkspace(text)
    },
  },
}

describe.each(Object.entries(readers))('%s, spoilt', (_name, { of, read }) => {
  it('is read, or refused as unreadable', async () => {
    await fc.assert(
      fc.asyncProperty(texts(...of), async (text) => {
        expect(await misdeedOf(() => read(text))).toBeNull()
      }),
      runs,
    )
  })

  it('is read as it is when nothing is spoilt', () => {
    for (const name of of.slice(0, 1)) expect(() => read(samples[name])).not.toThrow()
  })

  it('takes time in proportion to its length', async () => {
    const long = of.flatMap((name) => [
      samples[name].repeat(300),
      ...[' ', '(', '[', '"', "'", '@', '/', '\\', '{', ',', '-', '1.', '${', 'gem ', "gem 'engine', "].map(
        (part) => `${samples[name]}\n${part.repeat(20_000)}`,
      ),
    ])
    const startMs = performance.now()

    for (const text of long) expect(await misdeedOf(() => read(text))).toBeNull()

    expect(performance.now() - startMs).toBeLessThan(longTextMsMax * of.length)
  })
})

describe('a repository of spoilt files', () => {
  const named = fc.record(
    {
      'package.json': texts('manifest'),
      'packages/cart/package.json': texts('manifest'),
      'package-lock.json': texts('packageLock'),
      'pnpm-lock.yaml': texts('pnpmLock'),
      'pnpm-workspace.yaml': texts('pnpmWorkspace'),
      'yarn.lock': texts('yarnLock', 'yarnClassicLock'),
      '.yarnrc.yml': texts('yarnrcYml'),
      '.npmrc': texts('npmrc'),
      'renovate.json': texts('manifest'),
      Gemfile: texts('gemfile'),
      'Gemfile.lock': texts('gemfileLock'),
      'engine.gemspec': texts('gemspec'),
    },
    { requiredKeys: [] },
  )

  it('is told by every adopter and every publisher, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(named, async (files) => {
        const tree = treeOf(
          Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined)),
        )
        const misdeeds: (string | null)[] = []
        const ask = async (work: () => unknown): Promise<void> => void misdeeds.push(await misdeedOf(work))
        for (const adopter of adopters) {
          await ask(() => adopter.matches(tree))
          await ask(() => adopter.read(tree, 'engine'))
          await ask(() => adopter.read(tree, '__proto__'))
          await ask(() => adopter.unpublishedReferences(tree, ['engine', 'constructor']))
          await ask(() => adopter.releaseAgeGates(tree, 'engine'))
          await ask(() => adopter.obstacles(tree, [{ name: 'engine', version: '1.1.0' }]))
          await ask(() => adopter.unrelatedMovements({ before: tree, after: tree, adopted: ['engine'] }))
        }
        for (const publisher of publishers) {
          await ask(() => publisher.matches(tree))
          await ask(() => publisher.discover(tree))
        }
        expect(misdeeds.filter((one) => one !== null)).toEqual([])
      }),
      runs,
    )
  }, 60_000)
})

describe('an answer of a registry, spoilt', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  const packument = JSON.stringify({
    name: 'engine',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { dist: { tarball: 'https://x/engine.tgz', integrity: 'sha512-x' } } },
  })
  const index = `---\n1.0.0 leaf:~> 1.0|checksum:${'a'.repeat(64)},ruby:>= 2.5\n1.1.0 |checksum:${'b'.repeat(64)}\n`
  const statuses = fc.constantFrom(200, 200, 200, 404, 304, 500)

  it.each([
    ['packument', packument, observeVersion],
    ['compact index', index, observeGem],
  ] as const)('is present, absent or unknown: a %s', async (_name, good, observe) => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(spoilt(good), poisoned(good), fc.json(), fc.string({ unit: 'binary' })),
        statuses,
        fc.constantFrom('1.0.0', '__proto__', 'constructor'),
        async (text, status, version) => {
          const hasBody = status !== 304
          vi.stubGlobal('fetch', async () => new Response(hasBody ? text : null, { status }))

          const seen = await observe({ package: 'engine', version, registry: 'https://x/' })

          const possible = ['absent', 'unknown', ...(version === '1.0.0' ? ['present'] : [])]
          expect(possible).toContain(seen.state)
          expect(({} as Record<string, unknown>)['version']).toBeUndefined()
        },
      ),
      runs,
    )
  })
})
