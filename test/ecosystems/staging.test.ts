import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { type DiscoveredPackage, type Publisher, publishers, type Staging } from '@conduct/ecosystems'
import { type Listening, startStagingRegistry } from '@conduct/rehearsal'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeFolder } from './folders.ts'
import { type LocalRegistry, startRegistry } from './registry.ts'

const execute = promisify(execFile)
const context = { runCommand }
const otp = '246810'
let registry: LocalRegistry
let records: Folder
let staging: Listening
let url: string
let producer: Folder
let out: Folder

/** Staged publishing with both real clients, a stand-in for npm's staging, and a real registry behind it. */
beforeAll(async () => {
  registry = await startRegistry()
  records = await makeFolder()
  staging = await startStagingRegistry({
    targetPort: Number(new URL(registry.url).port),
    folder: records.path,
    otp,
  })
  url = `http://127.0.0.1:${staging.port}/`
})
afterAll(async () => {
  await staging[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
  await records[Symbol.asyncDispose]()
})
beforeEach(async () => {
  producer = await makeFolder()
  out = await makeFolder()
  const lines = `//127.0.0.1:${staging.port}/:_authToken=${registry.token}\n`
  await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc + lines)
  vi.stubEnv('HOME', registry.home)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await producer[Symbol.asyncDispose]()
  await out[Symbol.asyncDispose]()
})

function stagingOf(publisher: Publisher): Staging {
  if (publisher.staging === undefined) throw new Error(`${publisher.tool} cannot stage`)
  return publisher.staging
}

describe.each(
  publishers.filter(({ staging: can }) => can !== undefined).map((one) => [one.tool, one] as const),
)('%s', (tool, publisher) => {
  const stages = stagingOf(publisher)
  const name = `@acme/staged-${tool}`

  async function packed(
    version: string,
  ): Promise<{ found: DiscoveredPackage; tarball: string; integrity: string }> {
    const found: DiscoveredPackage = {
      name,
      version,
      directory: '.',
      isPrivate: false,
      registry: url,
      needs: [],
    }
    await producer.write({
      'package.json': { name, version, main: 'index.js' },
      'index.js': `module.exports = ${JSON.stringify(version)}\n`,
    })
    const { path: tarball, integrity } = await publisher.pack({
      worktree: producer.path,
      package: found,
      outDir: out.path,
      context,
    })
    return { found, tarball, integrity }
  }

  const stage = (found: DiscoveredPackage, tarball: string) =>
    stages.stage({
      tarball,
      package: found,
      worktree: producer.path,
      distTag: 'latest',
      timeoutMs: 60_000,
      context,
    })
  const observe = (version: string) =>
    stages.observe({ package: name, version, registry: url, worktree: producer.path })

  /** What a person does: types the command, with the code of their authenticator or without. */
  async function type(argv: readonly string[], code: string | null): Promise<number> {
    const [program = '', ...words] = [...argv, ...(code === null ? [] : [`--otp=${code}`])]
    const env = { PATH: process.env['PATH'] ?? '', HOME: registry.home }
    return execute(program, words, { cwd: registry.home, env }).then(
      () => 0,
      (error: { readonly code: number }) => error.code,
    )
  }

  it('stages exactly the packed bytes, and resolvers see nothing of it', async () => {
    const { found, tarball, integrity } = await packed('1.0.0')
    expect(await observe('1.0.0')).toEqual({ state: 'absent' })

    const { id } = await stage(found, tarball)

    const seen = await observe('1.0.0')
    expect(seen).toMatchObject({ state: 'staged', staged: { id, distTag: 'latest', stagedBy: 'ana' } })
    expect(await stages.integrity({ id: id ?? '', registry: url, worktree: producer.path })).toBe(integrity)
    expect(await publisher.observe({ package: name, version: '1.0.0', registry: url })).toMatchObject({
      state: 'absent',
    })
  })

  it('becomes visible when a person types the printed commands with a one-time password, and not without', async () => {
    const first = await packed('2.0.0')
    const a = await stage(first.found, first.tarball)
    const second = await packed('2.1.0')
    const b = await stage(second.found, second.tarball)
    const ids = [a.id ?? '', b.id ?? '']

    const commands = await stages.approveCommands({ ids, registry: url, worktree: producer.path, context })

    expect(commands.flat().filter((word) => ids.includes(word))).toEqual(ids)
    for (const argv of commands) expect(await type(argv, null)).not.toBe(0)
    expect(await publisher.observe({ package: name, version: '2.0.0', registry: url })).toMatchObject({
      state: 'absent',
    })
    for (const argv of commands) expect(await type(argv, otp)).toBe(0)
    for (const { found, integrity } of [first, second]) {
      expect(
        await publisher.observe({ package: name, version: found.version, registry: registry.url }),
      ).toMatchObject({ state: 'present', integrity })
      expect(await observe(found.version)).toEqual({ state: 'absent' })
    }
  })

  it('is gone after the printed command rejects it', async () => {
    const { found, tarball } = await packed('3.0.0')
    const { id } = await stage(found, tarball)

    expect(await type(stages.rejectCommand({ id: id ?? '', registry: url }), otp)).toBe(0)

    expect(await observe('3.0.0')).toEqual({ state: 'absent' })
  })

  it('is a conflict when the version is staged or published already', async () => {
    const { found, tarball } = await packed('4.0.0')
    const { id } = await stage(found, tarball)

    await expect(stage(found, tarball)).rejects.toMatchObject({ code: 'PUBLISH_CONFLICT' })

    const commands = await stages.approveCommands({
      ids: [id ?? ''],
      registry: url,
      worktree: producer.path,
      context,
    })
    for (const argv of commands) await type(argv, otp)
    await expect(stage(found, tarball)).rejects.toMatchObject({ code: 'PUBLISH_CONFLICT' })
  })

  it('is not known, never absent, where the list may not be read', async () => {
    await writeFile(path.join(registry.home, '.npmrc'), '')

    expect(await observe('1.0.0')).toMatchObject({ state: 'unknown' })
  })

  it('does not exist at a registry without it', async () => {
    expect(
      await stages.observe({
        package: name,
        version: '1.0.0',
        registry: registry.url,
        worktree: producer.path,
      }),
    ).toMatchObject({
      state: 'unsupported',
    })
  })

  it('needs a client that can', async () => {
    expect(await stages.client({ worktree: producer.path, context })).toMatchObject({ isAble: true })
  })
})
