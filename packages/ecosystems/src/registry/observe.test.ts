import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { observeVersion } from './observe.ts'

/** A server that says what the test wants: a real registry cannot be made to fail on demand. */
type Reply = { readonly status: number; readonly body: string }
const servers: Server[] = []

async function serve(replies: Readonly<Record<string, Reply | 'hang up'>>) {
  const headers: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    headers.push(request.headers)
    const reply = replies[request.url ?? ''] ?? { status: 418, body: '' }
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
  for (const server of servers.splice(0)) server.close()
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
