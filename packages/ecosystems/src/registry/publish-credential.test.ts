import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeCredential } from '../judge-credential.ts'
import { readPublishCredential } from './publish-credential.ts'

const token = 'npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789'
const listed = {
  name: 'ci',
  key: 'a1b2',
  token: 'npm_aBcD...6789',
  readonly: false,
  bypass_2fa: true,
  expiry: '2027-01-20T00:00:00.000Z',
}
let home: string
let server: Server
let answer: { readonly status: number; readonly body: unknown }
let asked: string[]

/** A server that answers as npm's API description says: granular tokens are listed, redacted; sessions are not. */
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'credential-'))
  asked = []
  answer = { status: 200, body: { objects: [], total: 0, urls: {} } }
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(home, { recursive: true })
})

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
async function read(npmrc: string, env: Record<string, string> = {}) {
  await writeFile(path.join(home, '.npmrc'), npmrc.replaceAll('HOST', url().replace('http:', '')))
  return readPublishCredential({ registry: url(), env: { HOME: home, ...env } })
}

describe('the kind of a credential', () => {
  it('is granular where the registry lists it, with what the registry says of it', async () => {
    answer = { status: 200, body: { objects: [{ ...listed, token: 'npm_zzzz...6789' }, listed], total: 2 } }

    expect(await read(`HOST:_authToken=${token}\n`)).toEqual({
      kind: 'granular',
      bypasses2fa: true,
      isReadOnly: false,
      expiresAt: '2027-01-20T00:00:00.000Z',
    })
    expect(asked).toEqual([`GET /-/npm/v1/tokens?page=0&perPage=100 Bearer ${token}`])
  })

  it('is looked for on every page', async () => {
    const others = Array.from({ length: 100 }, () => ({ ...listed, token: 'npm_zzzz...6789' }))
    let page = 0
    server.removeAllListeners('request')
    server.on('request', (_request, response) => {
      const objects = page === 0 ? others : [listed]
      page += 1
      response.writeHead(200).end(JSON.stringify({ objects, total: 101 }))
    })

    expect(await read(`HOST:_authToken=${token}\n`)).toMatchObject({ kind: 'granular' })
  })

  it('is a session where the registry lists others only', async () => {
    expect(await read(`HOST:_authToken=${token}\n`)).toEqual({ kind: 'session' })
  })

  it.each([
    [401, { message: 'Unauthorized' }],
    [404, { error: 'not found' }],
    [200, { objects: 'nonsense' }],
    [500, null],
  ])('is not known where the registry answers %i %j', async (status, body) => {
    answer = { status, body }

    expect(await read(`HOST:_authToken=${token}\n`)).toMatchObject({ kind: 'unknown' })
  })

  it('is not known for a token that is no npm token and on no list', async () => {
    expect(await read('HOST:_authToken=ey.J.w\n')).toMatchObject({ kind: 'unknown' })
  })

  it('is a password, the identity of a CI system, or none', async () => {
    expect(await read('HOST:_auth=YW5hOnNlY3JldA==\n')).toEqual({ kind: 'password' })
    expect(await read('')).toEqual({ kind: 'none' })
    const github = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'y' }
    expect(await read('', github)).toEqual({ kind: 'trusted' })
    expect(await read('', { NPM_ID_TOKEN: 'x' })).toEqual({ kind: 'trusted' })
    expect(asked).toEqual([])
  })
})

describe('whether it fits', () => {
  const npm = 'https://registry.npmjs.org/'
  const bypassing = { kind: 'granular', bypasses2fa: true, isReadOnly: false, expiresAt: null } as const
  const november2026 = Date.UTC(2026, 10, 21)
  const use = { registry: npm, isStaged: false, wallMs: november2026 }

  it('says of a token that bypasses 2FA when npm means to end direct publishing with it', () => {
    expect(judgeCredential(bypassing, use)).toEqual({
      verdict: 'ends',
      detail:
        'A granular token that bypasses 2FA at https://registry.npmjs.org/, used for direct publishing; npm means to end that in 2027-01 (as of 2026-11-21).',
      remedy: 'Stage instead (staged: true), or publish by a workflow that npm trusts.',
    })
    const february2027 = { ...use, wallMs: Date.UTC(2027, 1, 1) }
    expect(judgeCredential(bypassing, february2027).detail).toContain('npm meant to end that in 2027-01')
  })

  it('does not, where it is used for staging or at another registry', () => {
    expect(judgeCredential(bypassing, { ...use, isStaged: true }).verdict).toBe('fit')
    expect(judgeCredential(bypassing, { ...use, registry: 'https://npm.acme.test/' }).verdict).toBe('fit')
  })

  it.each([
    [{ kind: 'classic' } as const, 'revoked them all on 2025-12-09'],
    [{ ...bypassing, isReadOnly: true }, 'may only read'],
    [{ ...bypassing, expiresAt: '2026-11-20T00:00:00.000Z' }, 'expired at 2026-11-20'],
  ])('refuses %j', (credential, said) => {
    expect(judgeCredential(credential, use)).toMatchObject({
      verdict: 'unfit',
      detail: expect.stringContaining(said) as string,
      remedy: expect.any(String) as string,
    })
  })

  it('knows classic tokens of npm by their shape', async () => {
    await writeFile(
      path.join(home, '.npmrc'),
      '//registry.npmjs.org/:_authToken=00000000-0000-4000-8000-000000000000\n',
    )

    expect(await readPublishCredential({ registry: npm, env: { HOME: home } })).toEqual({ kind: 'classic' })
  })
})
