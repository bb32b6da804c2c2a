import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadOptions, compareAnswer, readTarget } from './read-target.ts'
import { judgeReads } from './phases/verify.ts'

const values = { sha: 'abc1234', version: '4.3.0' }

describe('comparing an answer', () => {
  it('compares each named field and ignores the others', () => {
    const expected = { json: { sha: '{sha}', version: '{version}' } }

    expect(compareAnswer(expected, values, '{"sha":"abc1234","version":"4.3.0","up":true}')).toEqual({
      answer: 'match',
    })
    expect(compareAnswer(expected, values, '{"sha":"old"}')).toEqual({
      answer: 'other',
      said: 'sha is old, not abc1234; version is missing, not 4.3.0',
    })
  })

  it('takes what is no JSON as unreadable, not as another version', () => {
    expect(compareAnswer({ json: { sha: '{sha}' } }, values, '<html>').answer).toBe('unreadable')
  })

  it('compares a plain text trimmed and whole', () => {
    expect(compareAnswer({ text: '{version}' }, values, ' 4.3.0\n').answer).toBe('match')
    expect(compareAnswer({ text: '{version}' }, values, '4.3.01').answer).toBe('other')
  })
})

describe('judging reads', () => {
  const match = { answer: 'match' } as const
  const other = { answer: 'other', said: 'sha is old' } as const
  const unreadable = { answer: 'unreadable', why: '502' } as const

  it.each([
    ['all of the last reads match', [other, match, match, match], 'yes'],
    ['one of several machines still runs the old one', [match, other, match], 'inconclusive'],
    ['every one of the last reads says something else', [unreadable, other, other, other], 'no'],
    ['nothing could be read', [unreadable, unreadable, unreadable], 'inconclusive'],
    ['fewer reads than asked for', [match, match], 'inconclusive'],
    ['no read at all', [], 'inconclusive'],
  ] as const)('%s', (_name, reads, verified) => {
    expect(judgeReads(reads, 3).verified).toBe(verified)
  })
})

describe('reading a target', () => {
  let server: Server
  let url: string
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/version': (response) => response.end('{"sha":"abc1234"}'),
    '/large': (response) => response.end('x'.repeat(2 * 1024 * 1024)),
    '/half': (response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"sha":"abc')
      response.destroy()
    },
    '/cut': (response) => response.end('{"sha":"abc'),
    '/hang': () => undefined,
    '/drip': (response) => {
      response.write('{"sha":')
    },
    '/moved': (response) => response.writeHead(302, { location: '/version' }).end(),
    '/login': (response) =>
      response.writeHead(302, { location: 'http://localhost:1/login?next=version' }).end(),
    '/circle': (response) => response.writeHead(302, { location: '/circle' }).end(),
    '/old': (response) => response.writeHead(200, { age: '90' }).end('{"sha":"old1234"}'),
    '/gone': (response) => response.writeHead(204).end(),
  }

  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = answers[request.url ?? '']
      if (answer === undefined) response.writeHead(502).end('bad gateway')
      else answer(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const read = (path: string, more: Partial<ReadOptions> = {}) =>
    readTarget(
      { url: `${url}${path}`, expect: { json: { sha: '{sha}' } }, reads: 1, withinMs: 1000 },
      values,
      { signal: new AbortController().signal, ...more },
    )

  it('matches what really answers, and what it is sent to on the same host', async () => {
    expect(await read('/version')).toEqual({ answer: 'match' })
    expect(await read('/moved')).toEqual({ answer: 'match' })
  })

  it.each([
    ['/down', 'answered 502'],
    ['/large', 'more than 1048576 bytes'],
    ['/half', ''],
    ['/cut', 'no JSON'],
    ['/gone', 'no JSON'],
    ['/login', 'sends us elsewhere, to http://localhost:1'],
    ['/circle', 'redirects more than 3 times'],
  ])('takes %s for unreadable, never for another version', async (path, why) => {
    expect(await read(path)).toMatchObject({
      answer: 'unreadable',
      why: expect.stringContaining(why) as string,
    })
  })

  it.each(['/hang', '/drip'])('gives up on %s in time', async (path) => {
    expect(await read(path, { timeoutMs: 50 })).toMatchObject({
      answer: 'unreadable',
      why: expect.stringContaining('no answer within 0.05 s') as string,
    })
  })

  it('takes what a cache kept from before the deploy for no answer, and what is younger for one', async () => {
    const nowMs = () => 1_000_000

    expect(await read('/old', { nowMs, notBeforeMs: 950_000 })).toMatchObject({
      answer: 'unreadable',
      why: expect.stringContaining('90 s old') as string,
    })
    expect(await read('/old', { nowMs, notBeforeMs: 900_000 })).toMatchObject({ answer: 'other' })
    expect(await read('/old', { nowMs })).toMatchObject({ answer: 'other' })
  })

  it('takes a closed port as unreadable, and an interruption as one', async () => {
    const verify = { url: 'http://127.0.0.1:1/version', expect: { text: 'x' }, reads: 1, withinMs: 1000 }
    const interrupted = new AbortController()
    interrupted.abort(new Error('stop'))

    expect((await readTarget(verify, values, { signal: new AbortController().signal })).answer).toBe(
      'unreadable',
    )
    await expect(readTarget(verify, values, { signal: interrupted.signal })).rejects.toThrow('stop')
  })
})
