import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct, documentOf, type Ended, temporaryFolder } from '../e2e/conduct-process.ts'
import { publishSeed } from '../ecosystems/publish-seed.ts'
import { type LocalRegistry, startRegistry } from '../ecosystems/registry.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { type GitHttpServer, startGitHttp } from '../servers/git-http.ts'

/** Everything that a train touches, each behind something that records what is asked of it. */
let git: GitHttpServer
let engine: { readonly bare: string; readonly url: string }
let readOnly: { readonly bare: string; readonly url: string }
let local: LocalRegistry
let registry: FaultProxy
let github: GithubDouble
let shop: RepositoryDouble
const folder = temporaryFolder()
const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
const signingKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0PAUAUyBfkUHdgLR9hIQDUg4/PMaXVWMPk7ynT1jHs ana@desk'

beforeAll(async () => {
  ;[git, local, github] = await Promise.all([startGitHttp(), startRegistry(), startGithub()])
  ;[engine, readOnly] = await Promise.all([git.createRepository(), git.createRepository()])
  execFileSync('git', ['-C', readOnly.bare, 'config', 'http.receivepack', 'false'])
  registry = await startFaultProxy(Number(new URL(local.url).port))
  writeFileSync(join(local.home, '.npmrc'), local.npmrc)
  await publishSeed(local, { name: 'known', version: '1.0.0' })
  github.addToken(token, { login: 'ana-acme', kind: 'user', scopes: ['repo', 'workflow'] })
  shop = await github.createRepository('acme/shop')
  await shop.commit('main', { 'package.json': '{}', 'pnpm-lock.yaml': 'lockfileVersion: "9.0"\n' })
  shop.records.access.set('ana-acme', 'write')
  await shop.protect('main', { checks: [{ context: 'test', appId: null }], reviews: 0, enforceAdmins: true })
  for (const name of ['home', 'engine']) mkdirSync(join(folder.path, name))
  folder.write('home/.npmrc', `//127.0.0.1:${registry.port}/:_authToken=${local.token}\n`)
  folder.write('engine/package.json', JSON.stringify({ name: 'known', version: '1.1.0' }))
  folder.write('engine/package-lock.json', '{"lockfileVersion": 3}')
  folder.write('engine/.npmrc', `registry=http://127.0.0.1:${registry.port}/\n`)
})
afterAll(async () => {
  await Promise.all([git, local, registry, github].map((server) => server[Symbol.asyncDispose]()))
  folder[Symbol.dispose]()
})

interface Written {
  readonly engineRemote?: string
  readonly via?: 'push' | 'pull_request'
  readonly store?: string
}

function lanesYaml({ engineRemote = engine.url, via = 'pull_request', store = 'state.db' }: Written): string {
  const text = `version: 1
estate: acme
store: "sqlite:${join(folder.path, store)}"
people: { ana: { signing_key: "${signingKey}" } }
notify: { url: "http://127.0.0.1:${registry.port}/secret-of-the-hook" }
repos:
  engine: { remote: "${engineRemote}", path: engine }
  shop: { remote: "${shop.url}", forge: { github: "${github.url}" } }
lanes:
  release_train: { use: release_train, captains: [ana], approval: { by: [ana], signed: true, requester_may_approve: true } }
trains:
  engine:
    producer: { repo: engine }
    consumers: [{ repo: shop, adopt: { via: ${via} }, deploy: { strategy: none } }]
`
  writeFileSync(join(folder.path, 'lanes.yaml'), text)
  return text
}

function doctor(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return conduct(['--as', 'cli:ana', 'doctor', '--json', ...words], {
    cwd: folder.path,
    env: { HOME: join(folder.path, 'home'), GH_ENTERPRISE_TOKEN: token, ...env },
  })
}

type Check = Readonly<Record<'section' | 'check' | 'verdict' | 'detail' | 'remedy', string>>

function checksOf(ended: Ended): ReadonlyMap<string, Check> {
  const checks = documentOf(ended)['checks'] as readonly Check[]
  return new Map(checks.map((check) => [`${check.section} ${check.check}`, check]))
}

const verdictsOf = (ended: Ended) =>
  Object.fromEntries([...checksOf(ended)].map(([name, { verdict }]) => [name, verdict]))

describe('conduct doctor, of everything that a train touches', () => {
  test('asks all of it, finds it in order, writes nothing there, and shows no secret', async () => {
    lanesYaml({})
    const refs = () => execFileSync('git', ['-C', engine.bare, 'for-each-ref'], { encoding: 'utf8' })
    const before = { calls: registry.calls.length, refs: refs(), answers: github.answers.length }

    const ended = await doctor()

    expect({ exit: ended.exit, ...verdictsOf(ended) }).toMatchObject({
      exit: 0,
      'tools node': 'ok',
      'tools npm': 'ok',
      'store open': 'ok',
      'remote engine.read': 'ok',
      'remote engine.push': 'ok',
      'remote shop.push': 'ok',
      'registry identity': 'ok',
      'forge identity': 'ok',
      'forge pull_requests': 'ok',
      'forge shop.access': 'ok',
      'forge shop.adoption': 'ok',
      'forge limit': 'ok',
      'approval engine': 'ok',
      'approval signing_key': 'unknown',
      'notify address': 'ok',
      'mirrors size': 'ok',
    })
    const checks = checksOf(ended)
    expect(checks.get('registry identity')?.detail).toBe('We are ana there.')
    expect(checks.get('registry known')?.detail).toMatch(/^Whether we may publish it|^We may publish it/)
    expect(checks.get('forge identity')?.detail).toBe(
      'We are ana-acme, by a classic token, with the scopes repo, workflow.',
    )
    expect(checks.get('forge limit')?.detail).toContain('4999 of 5000 requests are left')
    expect(checks.get('forge shop.adoption')?.detail).toBe('main takes a pull request, with test.')
    expect(git.seen.filter(({ kind }) => kind === 'push')).toEqual([])
    expect(git.seen.some(({ path }) => path.includes('git-receive-pack'))).toBe(true)
    expect(refs()).toBe(before.refs)
    const asked = registry.calls.slice(before.calls)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([])
    expect([...github.calls.keys()].filter((endpoint) => !endpoint.startsWith('GET '))).toEqual([])
    const printed = ended.stdout + ended.stderr
    for (const secret of [token, local.token, 'secret-of-the-hook']) expect(printed).not.toContain(secret)
  })

  test('whose records would show what is written (control)', async () => {
    const work = join(folder.path, 'work')
    // Not synchronous: the server that is pushed to is in this very process.
    const run = (...args: readonly string[]) => promisify(execFile)('git', ['-C', work, ...args])
    execFileSync('git', ['init', '--quiet', work])
    await run('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '-m', 'x')
    await run('push', '--quiet', engine.url, 'HEAD:refs/heads/main')
    await fetch(`http://127.0.0.1:${registry.port}/known`, { method: 'PUT', body: '{}' })
    const headers = { authorization: `Bearer ${token}` }
    await fetch(`${github.apiUrl}/repos/acme/shop/issues`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ title: 'x' }),
    })

    expect(git.seen.some(({ kind }) => kind === 'push')).toBe(true)
    expect(registry.calls.some(({ method }) => method === 'PUT')).toBe(true)
    expect([...github.calls.keys()].some((endpoint) => endpoint.startsWith('POST '))).toBe(true)
  })

  test('says of a remote that refuses pushes which train needs it, with exit 3', async () => {
    lanesYaml({ engineRemote: readOnly.url })

    const ended = await doctor(['remote'])

    expect(ended.exit).toBe(3)
    const push = checksOf(ended).get('remote engine.push')
    expect(push).toMatchObject({
      verdict: 'failed',
      remedy: expect.stringContaining('key or token') as string,
    })
    expect(push?.detail).toContain('train engine tags what it publishes there')
    expect(documentOf(ended)['checks']).toHaveLength(4)
  })

  test('exits 30 where nothing failed but that something gave no answer (REMOTE_UNREACHABLE)', async () => {
    lanesYaml({ engineRemote: 'http://127.0.0.1:9/engine.git' })

    const ended = await doctor(['remote', 'mirrors'])

    expect(ended.exit).toBe(30)
    expect(documentOf(ended)).toMatchObject({
      ok: false,
      error: { code: 'REMOTE_UNREACHABLE', retryable: true },
      summary: { failed: 1 },
    })
  })

  test('holds the protection of main against the way of adopting, and a limit against what a train asks', async () => {
    lanesYaml({ via: 'push' })

    const refused = await doctor(['forge'])
    const nobody = await doctor(['forge'], { GH_ENTERPRISE_TOKEN: '' })
    github.misbehave(() => ({ fault: 'status', status: 503 }))
    const down = await doctor(['forge'])
    github.misbehave(null)

    expect(refused.exit).toBe(3)
    expect(checksOf(refused).get('forge shop.adoption')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('adopt: { via: pull_request }') as string,
    })
    expect(nobody.exit).toBe(3)
    expect(checksOf(nobody).get('forge credential')?.detail).toContain('GH_ENTERPRISE_TOKEN')
    expect([down.exit, verdictsOf(down)]).toEqual([30, { 'forge identity': 'failed' }])
  })

  test('says who may not publish, and that a registry does not answer (REGISTRY_UNREACHABLE)', async () => {
    lanesYaml({})
    registry.misbehave(({ path }) =>
      path.endsWith('/collaborators') ? { fault: 'status', status: 200, body: '{"ana":"read"}' } : null,
    )
    const mayNot = await doctor(['registry'])
    registry.misbehave(() => ({ fault: 'unreachable' }))
    const down = await doctor(['registry'])
    registry.misbehave(null)

    expect(mayNot.exit).toBe(3)
    expect(checksOf(mayNot).get('registry known')).toMatchObject({
      verdict: 'failed',
      detail: 'We may not publish it: ana may only read it.',
    })
    expect(down.exit).toBe(30)
    expect(documentOf(down)).toMatchObject({ error: { code: 'REGISTRY_UNREACHABLE' } })
  })
})
