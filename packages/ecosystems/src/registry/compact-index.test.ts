import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { observeGem } from './compact-index.ts'

const checksum = 'a'.repeat(64)
const whole = ['---', `1.0.0 |checksum:${checksum}`, `1.1.0 |checksum:${checksum}`, ''].join('\n')
/** Exactly at the end of a line: nothing in it shows that a version is missing. */
const cut = whole.split('\n').slice(0, 2).join('\n').concat('\n')
const hashed = (algorithm: string, encoding: 'hex' | 'base64', text = whole) =>
  createHash(algorithm).update(text).digest(encoding)

let server: Server
afterEach(() => server.close())

async function askAbout(
  version: string,
  shown: {
    readonly info: string
    readonly headers: Readonly<Record<string, string>>
    readonly listed?: string
  },
) {
  server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/info/')) response.writeHead(200, shown.headers).end(shown.info)
    else if (url === '/versions' && shown.listed !== undefined)
      response.writeHead(200).end(`created_at: now\n---\nengine 1.0.0 old\nengine 1.1.0 ${shown.listed}\n`)
    else response.writeHead(url.startsWith('/gems/') ? 200 : 404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return observeGem({ package: 'engine', version, registry })
}

const lying = { state: 'unknown', reason: expect.stringMatching(/something of it is missing/) as string }
const none = { state: 'absent', latest: '1.0.0' }

test.each([
  ['Repr-Digest', { 'repr-digest': `sha-256=:${hashed('sha256', 'base64')}:` }],
  ['Repr-Digest of several', { 'repr-digest': `sha-512=:${hashed('sha512', 'base64')}:, sha-256=:eA==:` }],
  ['Digest', { digest: `sha-256=${hashed('sha256', 'base64')}` }],
])('an index that was cut at the end of a line says nothing of what is missing: %s', async (_by, headers) => {
  expect(await askAbout('1.1.0', { info: cut, headers })).toMatchObject(lying)
  expect(await askAbout('1.2.0', { info: whole, headers })).toMatchObject({
    state: 'absent',
    latest: '1.1.0',
  })
})

test('an ETag that is no MD5 of the answer is held against the list of gems', async () => {
  const headers = { etag: `"${hashed('md5', 'hex')}"` }
  const opaque = { etag: `W/"${'0'.repeat(32)}"` }

  expect(await askAbout('1.1.0', { info: cut, headers, listed: hashed('md5', 'hex') })).toMatchObject(lying)
  expect(await askAbout('1.1.0', { info: cut, headers })).toMatchObject(lying)
  expect(
    await askAbout('1.1.0', { info: cut, headers: opaque, listed: hashed('md5', 'hex', cut) }),
  ).toMatchObject(none)
})

test('a server that tells no digest is believed, and a version that is listed is there', async () => {
  expect(await askAbout('1.1.0', { info: cut, headers: {} })).toMatchObject(none)
  expect(await askAbout('1.0.0', { info: cut, headers: { digest: 'sha-256=eA==' } })).toMatchObject({
    state: 'present',
  })
})

test('is unknown when nothing is heard in time', async () => {
  server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const seen = await observeGem({ package: 'engine', version: '1.0.0', registry, timeoutMs: 50 })

  expect(seen).toEqual({ state: 'unknown', reason: `${registry}info/engine: no answer within 50 ms` })
  server.closeAllConnections()
})
