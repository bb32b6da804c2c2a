import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { observeVersion } from './observe.ts'

/** A server that says what the test wants: a real registry cannot be made to fail on demand. */
type Reply = { readonly status: number; readonly body: string }
const servers: Server[] = []

async function serve(replies: Readonly<Record<string, Reply | 'hang up' | 'say nothing'>>) {
  const headers: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    headers.push(request.headers)
    const reply = replies[request.url ?? ''] ?? { status: 418, body: '' }
    if (reply === 'say nothing') return
    if (reply === 'hang up') {
      request.socket.destroy()
      return
    }
    response.writeHead(reply.status, { 'content-type': 'application/json' })
    response.end(reply.body.replaceAll('ORIGIN', `http://${request.headers.host ?? ''}`))
  })
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers }
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const packument = JSON.stringify({
  name: '@acme/a',
  'dist-tags': { latest: '1.0.0' },
  versions: { '1.0.0': { dist: { integrity: 'sha512-x', tarball: 'ORIGIN/a-1.0.0.tgz' } } },
})
const observe = (registry: string, version = '1.0.0') =>
  observeVersion({ package: '@acme/a', version, registry })

describe('observing a version', () => {
  it('is present when the packument has it and the tarball is served, past every cache', async () => {
    const { url, headers } = await serve({
      '/@acme%2fa': { status: 200, body: packument },
      '/a-1.0.0.tgz': { status: 200, body: 'bytes' },
    })

    expect(await observe(url)).toEqual({
      state: 'present',
      integrity: 'sha512-x',
      tarball: `${url}/a-1.0.0.tgz`,
    })
    expect(headers[0]).toMatchObject({ 'cache-control': 'no-cache' })
  })

  it('is unknown when nothing is heard in time', async () => {
    const { url } = await serve({ '/@acme%2fa': 'say nothing' })

    const seen = await observeVersion({ package: '@acme/a', version: '1.0.0', registry: url, timeoutMs: 50 })

    expect(seen).toEqual({ state: 'unknown', reason: `${url}/@acme%2fa: no answer within 50 ms` })
  })

  it('is unknown while the packument lists a tarball that is not served yet', async () => {
    const { url } = await serve({
      '/@acme%2fa': { status: 200, body: packument },
      '/a-1.0.0.tgz': { status: 404, body: '{}' },
    })

    expect(await observe(url)).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('404') as string,
    })
  })

  it.each([
    ['the registry says 404', { status: 404, body: '{"error":"not found"}' }, '1.0.0'],
    ['the packument lacks the version', { status: 200, body: packument }, '2.0.0'],
  ])('is absent when %s', async (_case, reply, version) => {
    const { url } = await serve({ '/@acme%2fa': reply })

    expect(await observe(url, version)).toMatchObject({ state: 'absent' })
  })

  it.each([
    ['500', { status: 500, body: '{}' }],
    ['503', { status: 503, body: '{"error":"down"}' }],
    ['401', { status: 401, body: '{}' }],
    ['403', { status: 403, body: '{}' }],
    ['429', { status: 429, body: '{}' }],
    ['a 404 that is a web page', { status: 404, body: '<html>no such page</html>' }],
    ['JSON that is cut off', { status: 200, body: '{"name":"@acme/a","versions":{' }],
    ['JSON that is no packument', { status: 200, body: '{"hello":"proxy"}' }],
    ['the packument of another package', { status: 200, body: packument.replace('@acme/a', 'b') }],
    ['a connection that breaks', 'hang up'],
  ] as const)('is unknown, never absent, after %s', async (_case, reply) => {
    const { url } = await serve({ '/@acme%2fa': reply })

    expect(await observe(url, '9.9.9')).toEqual({ state: 'unknown', reason: expect.stringMatching(/.{10}/) })
  })

  it('is unknown when nobody listens', async () => {
    expect(await observe('http://127.0.0.1:1/')).toMatchObject({ state: 'unknown' })
  })
})

describe('a registry that means harm', () => {
  const listing = (dist: object, more: object = {}) =>
    JSON.stringify({ name: '@acme/a', versions: { '1.0.0': { dist } }, ...more })
  const ask = async (body: string, version = '1.0.0') => {
    const { url, headers } = await serve({
      '/@acme%2fa': { status: 200, body },
      '/a.tgz': { status: 200, body: 'bytes' },
      '/a.tgz?x=1': { status: 200, body: 'bytes' },
    })
    return { seen: await observe(url, version), asked: headers.length }
  }
  const tarball = 'ORIGIN/a.tgz'

  it.each([
    ['no http', { tarball: 'data:application/gzip,x', integrity: 'sha512-x' }],
    ['a file', { tarball: 'file:///etc/passwd', integrity: 'sha512-x' }],
    ['credentials', { tarball: 'http://ana:hunter22@127.0.0.1/a.tgz', integrity: 'sha512-x' }],
    ['no address', { tarball: 'http://[', integrity: 'sha512-x' }],
    ['an integrity nobody can compare', { tarball, integrity: 'md5-x' }],
    ['an integrity that is no digest', { tarball, integrity: 'sha512-\u001b[2J' }],
    ['an object for an integrity', { tarball, integrity: { toString: 'x' } }],
    ['a shasum that is none', { tarball, shasum: '../..' }],
  ])('is not known to have what it lists with %s, and no tarball is asked for', async (_case, dist) => {
    const { seen, asked } = await ask(listing(dist))

    expect(seen).toMatchObject({ state: 'unknown' })
    expect(JSON.stringify(seen)).not.toContain('hunter22')
    expect(asked).toBe(1)
  })

  it('is taken by its strongest digest', async () => {
    const integrity = `sha1-${'a'.repeat(27)}=  sha512-${'b'.repeat(86)}==?opt sha256-${'c'.repeat(43)}=`

    const { seen } = await ask(listing({ tarball: `${tarball}?x=1`, integrity }))

    expect(seen).toMatchObject({ state: 'present', integrity: `sha512-${'b'.repeat(86)}==` })
  })

  it.each(['__proto__', 'constructor', 'toString'])('has no version %s by inheritance', async (version) => {
    expect((await ask(listing({ tarball, integrity: 'sha512-x' }), version)).seen.state).toBe('absent')
  })

  it('names as versions what is one, and nothing else', async () => {
    const versions = { '1.0.0': {}, '1.0\nNext: curl evil': {}, '\u001b[2J': {}, '--x': {}, '2.0.0-rc.1': {} }
    const body = JSON.stringify({ name: '@acme/a', versions, 'dist-tags': { latest: '9\u001b[2J' } })

    expect((await ask(body, '1.1.0')).seen).toEqual({
      state: 'absent',
      latest: null,
      versions: ['1.0.0', '2.0.0-rc.1'],
    })
  })

  it.each([
    ['nested a hundred thousand deep', `{"name":"@acme/a","versions":${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
    ['a list', '[]'],
    ['a number', '7'],
    ['with lists for versions', '{"name":"@acme/a","versions":["1.0.0"]}'],
    ['with its prototype set', '{"name":"@acme/a","__proto__":{"versions":{"1.0.0":{}}}}'],
  ])('is never believed to have it in an answer that is %s', async (_case, body) => {
    expect((await ask(body)).seen.state).not.toBe('present')
  })
})
