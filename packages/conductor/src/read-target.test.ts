import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareAnswer, readTarget } from './read-target.ts'
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

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/version') response.end('{"sha":"abc1234"}')
      else if (request.url === '/large') response.end('x'.repeat(2 * 1024 * 1024))
      else response.writeHead(502).end('bad gateway')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const read = (path: string) =>
    readTarget(
      { url: `${url}${path}`, expect: { json: { sha: '{sha}' } }, reads: 1, withinMs: 1000 },
      values,
      new AbortController().signal,
    )

  it('matches what really answers', async () => {
    expect(await read('/version')).toEqual({ answer: 'match' })
  })

  it('takes an error status, an endless answer and a closed port as unreadable', async () => {
    expect((await read('/down')).answer).toBe('unreadable')
    expect((await read('/large')).answer).toBe('unreadable')
    const closed = await readTarget(
      { url: 'http://127.0.0.1:1/version', expect: { text: 'x' }, reads: 1, withinMs: 1000 },
      values,
      new AbortController().signal,
    )
    expect(closed.answer).toBe('unreadable')
  })
})
