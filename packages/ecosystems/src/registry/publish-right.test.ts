import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readGemPublishRight } from './gem-publish-right.ts'
import { readPublishRight } from './publish-right.ts'

/** What is answered per path; anything else is 404 with JSON, as registries say it. */
let answers: Record<string, { readonly status?: number; readonly body: unknown }>
let asked: string[]
let server: Server

beforeEach(async () => {
  answers = {}
  asked = []
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`)
    const { status = 200, body } = answers[request.url ?? ''] ?? { status: 404, body: { error: 'not found' } }
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const registry = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

describe('whether a package may be published to a registry of npm', () => {
  const name = '@acme/engine'
  const packument = '/@acme%2fengine'
  const collaborators = '/-/package/%40acme%2Fengine/collaborators?format=cli'
  const ask = (account: string | null = 'ana') =>
    readPublishRight({ package: name, registry: registry(), account, authorizationOf: () => 'Bearer npm_x' })

  it('is answered by its collaborators, and only asked', async () => {
    answers = { [packument]: { body: { name } }, [collaborators]: { body: { ana: 'write', carl: 'read' } } }

    expect(await ask()).toEqual({ right: 'yes', because: 'ana has write access' })
    expect(await ask('carl')).toMatchObject({ right: 'no', because: 'carl may only read it' })
    expect(await ask('eve')).toMatchObject({ right: 'no' })
    expect(asked.every((request) => request.startsWith('GET ') && request.endsWith('Bearer npm_x'))).toBe(
      true,
    )
  })

  it('is answered by its maintainers where collaborators are not shown', async () => {
    answers = { [packument]: { body: { name, maintainers: [{ name: 'ana', email: 'ana@acme.example' }] } } }

    expect(await ask()).toEqual({ right: 'yes', because: 'ana is one of its maintainers' })
    expect(await ask('carl')).toMatchObject({ right: 'unknown' })
    expect(await ask(null)).toMatchObject({ right: 'unknown', reason: 'nobody is logged in there' })
  })

  it('is new where the registry says that there is no such package, and unknown where something else does', async () => {
    expect(await ask()).toEqual({ right: 'new' })
    answers = { [packument]: { status: 502, body: '<html>' } }
    expect(await ask()).toMatchObject({ right: 'unknown' })
    answers = { [packument]: { body: { name: 'another' } } }
    expect(await ask()).toMatchObject({ right: 'unknown' })
  })
})

describe('whether a gem may be pushed', () => {
  const ask = (key: string | null = 'rubygems_x') =>
    readGemPublishRight({ package: 'engine', registry: registry(), account: null, key })
  const info = { body: '---\n1.0.0 |checksum:00\n' }

  it('is answered by the gems of whoever has the key', async () => {
    answers = { '/info/engine': info, '/api/v1/gems.json': { body: [{ name: 'engine' }] } }

    expect(await ask()).toMatchObject({ right: 'yes' })
    expect(asked.at(-1)).toBe('GET /api/v1/gems.json rubygems_x')
    answers['/api/v1/gems.json'] = { body: [{ name: 'another' }] }
    expect(await ask()).toMatchObject({ right: 'no' })
    answers['/api/v1/gems.json'] = { status: 401, body: 'no' }
    expect(await ask()).toMatchObject({ right: 'no' })
  })

  it('is unknown where a key may not ask that, or there is none', async () => {
    answers = { '/info/engine': info, '/api/v1/gems.json': { status: 403, body: 'scope' } }

    expect(await ask()).toMatchObject({ right: 'unknown', reason: expect.stringContaining('403') as string })
    expect(await ask(null)).toMatchObject({ right: 'unknown', reason: 'there is no key for this server' })
  })

  it('is new where a gem server knows no such gem', async () => {
    answers = { '/versions': { body: 'created_at: 2026\n---\n' } }
    expect(await ask()).toEqual({ right: 'new' })
    answers = {}
    expect(await ask()).toMatchObject({ right: 'unknown' })
  })
})
