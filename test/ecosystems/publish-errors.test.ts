import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type ConductError } from '@conduct/core'
import { type DiscoveredPackage, publishers } from '@conduct/ecosystems'
import { runCommand } from '@conduct/subprocess'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FaultProxy, type HttpFault, startFaultProxy } from '../servers/fault-proxy.ts'
import { type Folder, makeFolder } from './folders.ts'
import { type LocalRegistry, startRegistry } from './registry.ts'

/** Every failure that has a name, provoked in the real clients by a real registry behind a proxy. */
const context = { runCommand }
let registry: LocalRegistry
let proxy: FaultProxy
let producer: Folder
let out: Folder
let counter = 0

beforeAll(async () => {
  registry = await startRegistry()
  proxy = await startFaultProxy(Number(new URL(registry.url).port))
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
})
beforeEach(async () => {
  producer = await makeFolder()
  out = await makeFolder()
  const line = `//127.0.0.1:${proxy.port}/:_authToken=${registry.token}\n`
  await writeFile(path.join(registry.home, '.npmrc'), registry.npmrc + line)
  vi.stubEnv('HOME', registry.home)
  vi.stubEnv('NPM_CONFIG_USERCONFIG', undefined)
  vi.stubEnv('npm_config_userconfig', undefined)
})
afterEach(async () => {
  proxy.misbehave(null)
  vi.unstubAllEnvs()
  await producer[Symbol.asyncDispose]()
  await out[Symbol.asyncDispose]()
})

const npmClients = publishers.filter(({ ecosystem }) => ecosystem === 'npm')

describe.each(npmClients.map((one) => [one.tool, one] as const))('%s', (tool, publisher) => {
  async function packed() {
    const name = `@acme/bad-day-${tool}-${(counter += 1)}`
    const found: DiscoveredPackage = {
      name,
      version: '1.0.0',
      directory: '.',
      isPrivate: false,
      registry: proxy.url,
      needs: [],
    }
    await producer.write({ 'package.json': { name, version: '1.0.0' } })
    const made = await publisher.pack({ worktree: producer.path, package: found, outDir: out.path, context })
    const publish = (timeoutMs = 60_000) =>
      publisher.publish({
        tarball: made.path,
        package: found,
        worktree: producer.path,
        distTag: 'latest',
        timeoutMs,
        context,
      })
    const observe = (url = registry.url) =>
      publisher.observe({ package: name, version: '1.0.0', registry: url })
    return { found, made, publish, observe }
  }

  const onPut = (fault: HttpFault) => proxy.misbehave(({ method }) => (method === 'PUT' ? fault : null))

  async function failureOf(publishing: Promise<void>): Promise<ConductError> {
    return publishing.then(
      () => {
        throw new Error('it was published')
      },
      (error: unknown) => error as ConductError,
    )
  }

  it.each([
    [
      403,
      'You cannot publish over the previously published versions: 1.0.0.',
      { code: 'PUBLISH_CONFLICT', retryable: false },
    ],
    [404, 'Not found', { code: 'PUBLISH_AUTH', retryable: false }],
    [401, 'Unauthorized', { code: 'PUBLISH_AUTH', retryable: false }],
    [402, 'You must sign up for private packages', { code: 'PUBLISH_REFUSED', retryable: false }],
    [500, 'internal', { code: 'REGISTRY_UNREACHABLE', retryable: true, exit: 30 }],
    [503, 'busy', { code: 'REGISTRY_UNREACHABLE', retryable: true, exit: 30 }],
    [429, 'slow down', { code: 'REGISTRY_UNREACHABLE', retryable: true, exit: 30 }],
  ])('names a %i (%s), and has sent once', async (status, error, expected) => {
    const { publish, observe } = await packed()
    onPut({ fault: 'status', status, body: JSON.stringify({ error }) })

    const failure = await failureOf(publish())

    expect(failure).toMatchObject(expected)
    expect(JSON.stringify(failure.details)).not.toContain(registry.token)
    expect(await observe()).toMatchObject({ state: 'absent' })
    const name = proxy.calls.findLast(({ method }) => method === 'PUT')?.path
    expect(proxy.calls.filter(({ method, path: at }) => method === 'PUT' && at === name)).toHaveLength(1)
  })

  it('says of a 404 what it can mean', async () => {
    const { publish } = await packed()
    onPut({ fault: 'status', status: 404 })

    const { hint } = await failureOf(publish())

    expect(hint).toMatch(/credentials may not publish .*new package/)
  })

  it('hands a one-time password over to a person: the whole command, without a token in it', async () => {
    const { publish, made, found } = await packed()
    onPut({
      fault: 'status',
      status: 401,
      headers: { 'www-authenticate': 'OTP' },
      body: JSON.stringify({ error: 'You must provide a one-time pass.' }),
    })

    const failure = await failureOf(publish())

    expect(failure).toMatchObject({ code: 'PUBLISH_OTP', exit: 6, retryable: false })
    const typed = String(failure.details['typeFirst'])
    expect(typed).toContain(`${tool} publish ${made.path} --ignore-scripts`)
    expect(typed).toContain(`--registry=${found.registry}`)
    expect(typed).not.toContain('--json')
    expect(typed).not.toContain(registry.token)
  })

  it.each([
    ['the connection dies before it', { fault: 'unreachable' }, 'absent'],
    ['the connection dies after it', { fault: 'acts_unanswered' }, 'present'],
    ['it was taken and answered with a 502', { fault: 'acts_then_status', status: 502 }, 'present'],
  ] as const)('does not know the outcome when %s, and an observation does', async (_case, fault, state) => {
    const { publish, observe } = await packed()
    onPut(fault)

    expect(await failureOf(publish())).toMatchObject({ code: 'REGISTRY_UNREACHABLE', retryable: true })
    expect(await observe()).toMatchObject({ state })
  })

  it('does not know the outcome when nobody answers in time', async () => {
    const { publish } = await packed()
    onPut({ fault: 'hang' })

    expect(await failureOf(publish(3000))).toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
  })

  it.each([
    ['half of a packument', { fault: 'half' }],
    ['a 500', { fault: 'status', status: 500 }],
    ['a 404 of something in between', { fault: 'status', status: 404, body: '<h1>not here</h1>' }],
    ['a dead connection', { fault: 'unreachable' }],
  ] as const)('takes %s for no answer, never for absent', async (_case, fault) => {
    const { publish, observe } = await packed()
    await publish()
    proxy.misbehave(({ method }) => (method === 'GET' ? fault : null))

    expect(await observe(proxy.url)).toMatchObject({ state: 'unknown' })
  })
})
