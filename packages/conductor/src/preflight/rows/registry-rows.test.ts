import type { ObservedVersion, Publisher, RefusedVariable } from '@conduct/ecosystems'
import { describe, expect, test } from 'vitest'
import { anArtifact, aTrain } from '../../survey-fixture.ts'
import { isAbsent, isLive, isNew, isSilent, judge } from '../judge-fixture.ts'
import { row as credentialVariables } from './credential-variables.ts'
import { row as firstPublish } from './first-publish.ts'
import { row as registryIdentity } from './registry-identity.ts'
import { row as registry } from './registry.ts'
import { row as siblings } from './siblings.ts'
import { row as versionFree } from './version-free.ts'
import { row as versionLive } from './version-live.ts'
import { row as versionOrder } from './version-order.ts'

const name = '@acme/engine'
const two = { artifacts: [anArtifact(), anArtifact({ name: '@acme/parts' })] }
const catchUp = { catchUp: true }

test.each([registry, credentialVariables, registryIdentity, firstPublish, versionFree, versionOrder])(
  '$check does not apply to a train without a library',
  async (row) => {
    expect((await judge(row, { survey: { artifacts: [] } })).verdict).toBe('not_applicable')
  },
)

test.each([registryIdentity, firstPublish, versionFree, versionOrder])(
  '$check does not apply to a catch-up train',
  async (row) => {
    expect((await judge(row, { survey: catchUp })).verdict).toBe('not_applicable')
  },
)

describe('registry', () => {
  test('is green when it answers about every package, unknown when it does not', async () => {
    const observed = { [name]: isAbsent('4.2.0'), '@acme/parts': isSilent }

    expect(await judge(registry, { observed })).toMatchObject({
      verdict: 'green',
      covered: '1 of 1 packages',
    })
    expect(await judge(registry, { observed, survey: two })).toMatchObject({
      verdict: 'unknown',
      covered: '1 of 2 packages',
      detail: expect.stringContaining('@acme/parts: answered 503') as string,
    })
  })
})

describe('registry_identity', () => {
  test('is green for somebody and red for nobody', async () => {
    expect(await judge(registryIdentity, { identity: 'ana' })).toMatchObject({ verdict: 'green' })
    expect(await judge(registryIdentity, { identity: null })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('npm login --registry') as string,
    })
  })

  test('says how to log in at a gem server', async () => {
    const artifacts = [anArtifact({ ecosystem: 'rubygems', registry: 'https://gems.example/' })]

    expect((await judge(registryIdentity, { identity: null, survey: { artifacts } })).detail).toContain(
      'gem signin --host https://gems.example/',
    )
  })

  test('counts every registry once', async () => {
    const artifacts = [...two.artifacts, anArtifact({ name: 'x', registry: 'http://127.0.0.1:9/' })]

    const judged = await judge(registryIdentity, { identity: 'ana', survey: { artifacts } })

    expect(judged.covered).toBe('2 of 2 registries')
  })
})

describe('siblings', () => {
  const sibling = { name: '@acme/parts', registry: 'http://127.0.0.1:4873/', range: '^4.3.0' }
  const needing = (seen: ObservedVersion) => {
    const asked: string[] = []
    const publisher = {
      observe: async ({ package: of, version }: { package: string; version: string }) => {
        asked.push(`${of}@${version}`)
        return seen
      },
    } as unknown as Publisher
    const own = {
      name,
      version: '4.3.0',
      directory: '.',
      isPrivate: false,
      registry: sibling.registry,
      needs: [],
    }
    return { asked, artifact: anArtifact({ publisher, discovered: { ...own, siblings: [sibling] } }) }
  }

  test('is red where what a package needs of its workspace is neither live nor published with it', async () => {
    const { artifact, asked } = needing(isAbsent('4.2.0'))

    expect(await judge(siblings, { survey: { artifacts: [artifact] } })).toMatchObject({
      verdict: 'red',
      covered: '1 of 1 needs',
      detail: expect.stringMatching(/needs? @acme\/parts \^4\.3\.0, .*Add @acme\/parts to publish/) as string,
    })
    expect(asked).toEqual(['@acme/parts@4.3.0'])
  })

  test.each([
    ['live', isLive, 'green'],
    ['live in another version that will do', isAbsent('4.3.7'), 'green'],
    ['not told', isSilent, 'unknown'],
    ['new', isNew, 'red'],
  ] as const)('where it is %s', async (_case, seen, verdict) => {
    expect(await judge(siblings, { survey: { artifacts: [needing(seen).artifact] } })).toMatchObject({
      verdict,
    })
  })

  test('is green, without asking, where it is published with it', async () => {
    const { artifact, asked } = needing(isNew)
    const artifacts = [anArtifact({ name: '@acme/parts' }), artifact]

    expect(await judge(siblings, { survey: { artifacts } })).toMatchObject({ verdict: 'green' })
    expect(asked).toEqual([])
  })

  test('does not apply to packages that need nothing of each other, nor to a catch-up train', async () => {
    expect((await judge(siblings)).verdict).toBe('not_applicable')
    expect((await judge(siblings, { survey: catchUp })).verdict).toBe('not_applicable')
  })
})

describe('credential_variables', () => {
  const asking = (refused: readonly RefusedVariable[]) => {
    const publisher = { refusedVariables: async () => refused } as unknown as Publisher
    return { survey: { artifacts: [anArtifact({ publisher })] } }
  }

  test('is red, SETTINGS_VARIABLE_REFUSED, with the place, the variable and what to declare', async () => {
    const refused = { file: '.npmrc', line: 3, setting: '//r.test/:_authToken', variable: 'AWS_SECRET' }

    expect(await judge(credentialVariables, asking([refused]))).toMatchObject({
      verdict: 'red',
      detail: expect.stringMatching(
        /^SETTINGS_VARIABLE_REFUSED: \.npmrc:3: \/\/r\.test\/:_authToken asks for AWS_SECRET\. .*repos\.engine\.env: \[AWS_SECRET\]/,
      ) as string,
    })
    expect(credentialVariables.isNeverOverridden).toBe(true)
  })

  test('is green where a proxy is not followed, and says where it stands and where it belongs', async () => {
    const leftOutSettings = async () => [{ file: '.npmrc', line: 2, setting: 'https-proxy' }]
    const publisher = { refusedVariables: async () => [], leftOutSettings } as unknown as Publisher

    const judged = await judge(credentialVariables, { survey: { artifacts: [anArtifact({ publisher })] } })

    expect(judged).toMatchObject({
      verdict: 'green',
      detail: expect.stringMatching(
        /\.npmrc:2: https-proxy\. .*your own ~\/\.npmrc or as HTTPS_PROXY/,
      ) as string,
    })
  })

  test('is green where nothing is asked for, and does not apply where no settings are read', async () => {
    const silent = { survey: { artifacts: [anArtifact({ publisher: {} as unknown as Publisher })] } }

    expect((await judge(credentialVariables, asking([]))).verdict).toBe('green')
    expect((await judge(credentialVariables, silent)).verdict).toBe('not_applicable')
  })
})

describe('first_publish', () => {
  const byWorkflow = {
    train: aTrain({ producer: { repo: 'engine', publish: { workflow: 'release.yml' } } }),
  }

  test('is green, and says so, for a new package published from here', async () => {
    expect(await judge(firstPublish, { observed: { [name]: isNew } })).toMatchObject({
      verdict: 'green',
      detail: expect.stringContaining('first publish') as string,
    })
  })

  test('is red for a new package that a workflow would publish, and green for a known one', async () => {
    const known = { [name]: isAbsent('4.2.0') }

    expect((await judge(firstPublish, { observed: { [name]: isNew }, context: byWorkflow })).verdict).toBe(
      'red',
    )
    expect((await judge(firstPublish, { observed: known, context: byWorkflow })).verdict).toBe('green')
  })
})

describe('version_free', () => {
  test('is green for a free version', async () => {
    expect((await judge(versionFree, { observed: { [name]: isAbsent('4.2.0') } })).verdict).toBe('green')
  })

  test('is red, VERSION_TAKEN, when everything is live', async () => {
    expect(await judge(versionFree, { observed: { [name]: isLive } })).toMatchObject({
      verdict: 'red',
      detail: expect.stringMatching(/^VERSION_TAKEN: @acme\/engine@4\.3\.0 .*--version 4\.3\.0/) as string,
    })
  })

  test('leaves it to check when only some are live', async () => {
    const observed = { [name]: isLive, '@acme/parts': isAbsent('4.2.0') }

    expect(await judge(versionFree, { observed, survey: two })).toMatchObject({
      verdict: 'green',
      detail: expect.stringContaining('@acme/engine@4.3.0 is live already and is compared') as string,
    })
  })

  test('is unknown, never free, when the registry does not say', async () => {
    expect((await judge(versionFree, { observed: { [name]: isSilent } })).verdict).toBe('unknown')
  })

  test('is green for what this very run has published', async () => {
    const given = { observed: { [name]: isLive }, publishedByThisRun: ['@acme/engine@4.3.0'] }

    expect((await judge(versionFree, given)).verdict).toBe('green')
  })
})

describe('version_order', () => {
  test('is green for the next version, red for a jump and for an old one', async () => {
    const after = (latest: string) => judge(versionOrder, { observed: { [name]: isAbsent(latest) } })

    expect((await after('4.2.7')).verdict).toBe('green')
    expect((await after('4.1.0')).verdict).toBe('red')
    expect((await after('4.3.1')).verdict).toBe('red')
  })
})

describe('version_order of a gem', () => {
  test('knows versions of more than three segments', async () => {
    const artifacts = [anArtifact({ ecosystem: 'rubygems', version: '4.2.0.1' })]
    const observed = { [name]: isAbsent('4.2.0') }

    expect((await judge(versionOrder, { observed, survey: { artifacts } })).verdict).toBe('green')
  })
})

describe('version_live', () => {
  test('applies to catch-up trains only', async () => {
    expect((await judge(versionLive)).verdict).toBe('not_applicable')
  })

  test('is green for a live version and red, naming the latest, for one that is not', async () => {
    expect((await judge(versionLive, { survey: catchUp, observed: { [name]: isLive } })).verdict).toBe(
      'green',
    )
    expect(
      await judge(versionLive, { survey: catchUp, observed: { [name]: isAbsent('4.2.0') } }),
    ).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('the latest is 4.2.0') as string,
    })
  })
})

describe('what a command publishes', () => {
  const byCommand = anArtifact({ command: { argv: ['bin/publish'] }, isPacked: false })
  const parts = anArtifact({ name: '@acme/parts' })

  test('has no identity and no first publish to be judged here, and no last version: that is unknown', async () => {
    const given = { survey: { artifacts: [byCommand] }, observed: { [name]: isNew } }

    expect((await judge(registryIdentity, given)).verdict).toBe('not_applicable')
    expect((await judge(firstPublish, given)).verdict).toBe('not_applicable')
    expect(await judge(versionOrder, given)).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringContaining('accept_unknown: [version_order]') as string,
    })
  })

  test('is red where it is live already, though others are not: there is nothing to compare it with', async () => {
    const observed = { [name]: isLive, '@acme/parts': isAbsent('4.2.0') }
    const given = { survey: { artifacts: [byCommand, parts] }, observed }

    expect(await judge(versionFree, given)).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining(`VERSION_TAKEN: ${name}@4.3.0 is live`) as string,
    })
    const ours = await judge(versionFree, { ...given, publishedByThisRun: [`${name}@4.3.0`] })
    expect(ours.verdict).toBe('green')
  })
})
