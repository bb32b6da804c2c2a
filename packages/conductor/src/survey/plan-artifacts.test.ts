import type { Publish } from '@conduct/config'
import { type FileTree, publishers } from '@conduct/ecosystems'
import { describe, expect, it } from 'vitest'
import { runCommand } from '@conduct/subprocess'
import { aFrozenRepo, aTrain } from '../survey-fixture.ts'
import { planArtifacts } from './plan-artifacts.ts'

function treeOf(files: Readonly<Record<string, object | string>>): FileTree {
  return {
    readFile: async (path) => {
      const found = files[path]
      return found === undefined ? null : typeof found === 'string' ? found : JSON.stringify(found)
    },
    listFiles: async () => Object.keys(files),
  }
}

const engine = { 'package.json': { name: '@acme/engine', version: '1.1.0' } }

function declared(fields: Partial<Publish>): Publish {
  return {
    package: null,
    ecosystem: null,
    registry: null,
    staged: false,
    tag: null,
    timeoutMs: 1000,
    command: null,
    observe: null,
    ...fields,
  }
}

function plan(
  files: Readonly<Record<string, object | string>>,
  options: { readonly publish?: readonly Publish[]; readonly version?: string } = {},
) {
  const { publish, ...rest } = options
  const train = aTrain({ producer: { repo: 'engine', publish: publish ?? 'infer' } })
  const context = { train, publishers, runCommand, signal: new AbortController().signal }
  return planArtifacts(context, aFrozenRepo({ tree: treeOf(files) }), rest)
}

describe('the packages of a train', () => {
  it('go to the registry of lanes.yaml, in the one spelling that is compared with everything else', async () => {
    const publish = [declared({ registry: 'https://npm.acme.example/a' })]

    const [artifact] = await plan(engine, { publish })

    expect(artifact?.registry).toBe('https://npm.acme.example/a/')
    expect(artifact?.discovered.registry).toBe('https://npm.acme.example/a/')
  })

  it.each(['http://[', 'https://ana:hunter22@npm.acme.example', 'https://npm.acme.example/?x=1'])(
    'go to no registry like %s: SURVEY_REFUSED',
    async (registry) => {
      const planned = plan(engine, { publish: [declared({ registry })] })

      await expect(planned).rejects.toMatchObject({ code: 'SURVEY_REFUSED', exit: 3 })
      await expect(planned).rejects.not.toThrow('hunter22')
    },
  )

  it.each(['../../1.0.0', '--registry=https://evil.example', '1.0', '^1.0.0', 'latest', '1.0.0\n', ''])(
    'are caught up with at a version, not at %j',
    async (version) => {
      await expect(plan(engine, { version })).rejects.toMatchObject({ code: 'SURVEY_REFUSED', exit: 3 })
    },
  )

  it('are caught up with at another version than the manifest’s, and not tagged', async () => {
    const [artifact] = await plan(engine, { version: '1.0.0' })

    expect(artifact).toMatchObject({ version: '1.0.0', tag: null, discovered: { version: '1.0.0' } })
  })
})

describe('packages that a command publishes', () => {
  const command = { argv: ['bin/publish', '{version}'] }
  const commands = { command, observe: { argv: ['bin/published', '{version}'] } }

  it('have their manifest’s version, order and packing, and the command’s publishing', async () => {
    const publish = [declared({ ecosystem: 'npm', ...commands })]

    const [artifact] = await plan(engine, { publish })

    expect(artifact).toMatchObject({ name: '@acme/engine', version: '1.1.0', ecosystem: 'npm', command })
    expect(artifact?.publisher).toMatchObject({ tool: 'command', ecosystem: 'npm' })
    expect(artifact?.isPacked).toBe(true)
    expect(artifact?.publisher).not.toHaveProperty('withdrawal')
  })

  it.each([
    ['package.json', { 'package.json': { private: true, version: '2.0.0' } }],
    ['VERSION', { VERSION: '2.0.0\n' }],
  ])('without a manifest that anybody here reads have the version of %s', async (_file, files) => {
    const publish = [declared({ package: 'acme/engine', ecosystem: 'oci', ...commands })]

    const [artifact] = await plan(files, { publish })

    expect(artifact).toMatchObject({
      name: 'acme/engine',
      version: '2.0.0',
      ecosystem: 'oci',
      registry: 'bin/publish {version}',
      tag: 'v2.0.0',
      command,
    })
    expect(artifact?.isPacked).toBe(false)
  })

  it('come after those that something here knows', async () => {
    const publish = [
      declared({ package: 'image', ecosystem: 'oci', ...commands }),
      declared({ package: '@acme/engine' }),
    ]

    expect((await plan(engine, { publish })).map(({ name }) => name)).toEqual(['@acme/engine', 'image'])
  })

  it.each([
    [{ package: null, ecosystem: 'oci' }, {}, 'Name it'],
    [{ package: 'image', ecosystem: 'oci' }, {}, 'file VERSION'],
    [{ package: 'image', ecosystem: 'oci' }, { VERSION: '1.0.0 --push\n' }, 'file VERSION'],
    [{ package: 'misspelt', ecosystem: 'npm' }, engine, '@acme/engine'],
  ])('are refused where nobody can tell what they are: %j', async (fields, files, hint) => {
    const planned = plan(files, { publish: [declared({ ...fields, ...commands })] })

    await expect(planned).rejects.toMatchObject({
      code: 'SURVEY_REFUSED',
      hint: expect.stringContaining(hint) as string,
    })
  })
})
