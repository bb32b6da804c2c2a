import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { startEmulate, startS3rver } from './lying-s3.ts'
import { type S3Credentials, startS3 } from './s3.ts'
import { startS3Proxy } from './s3-proxy.ts'

/** What the stores' tests rest on: one server tells the truth, the others lie, and the proxy does as it is told. */

function connect(place: { endpoint: string; credentials: S3Credentials }): S3Client {
  const { endpoint, credentials } = place
  return new S3Client({ region: 'auto', endpoint, credentials, forcePathStyle: true, maxAttempts: 1 })
}

async function put(client: S3Client, key: string, body: string, condition: object = {}): Promise<number> {
  try {
    const command = new PutObjectCommand({ Bucket: 'lanes', Key: key, Body: body, ...condition })
    return (await client.send(command)).$metadata.httpStatusCode ?? 0
  } catch (error) {
    return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0
  }
}

async function get(client: S3Client, key: string): Promise<string> {
  const found = await client.send(new GetObjectCommand({ Bucket: 'lanes', Key: key }))
  return (await found.Body?.transformToString()) ?? ''
}

describe('the servers of the S3 tests', () => {
  test('the real one keeps conditions and checks signatures', async () => {
    await using s3 = await startS3()
    const client = connect(s3)
    const stranger = connect({
      ...s3,
      credentials: { ...s3.credentials, secretAccessKey: 'another' },
    })

    expect(await put(client, 'a b/é%2F', 'one', { IfNoneMatch: '*' })).toBe(200)
    expect(await put(client, 'a b/é%2F', 'two', { IfNoneMatch: '*' })).toBe(412)
    expect(await put(client, 'a b/é%2F', 'two', { IfMatch: '"stale"' })).toBe(412)
    expect(await put(stranger, 'a', 'one')).toBe(403)
    expect(await get(client, 'a b/é%2F')).toBe('one')
  })

  test.each([startS3rver, startEmulate])('%o overwrites and says 200', async (start) => {
    await using s3 = await start()
    const client = connect(s3)

    expect(await put(client, 'a', 'one', { IfNoneMatch: '*' })).toBe(200)
    expect(await put(client, 'a', 'two', { IfNoneMatch: '*' })).toBe(200)
    expect(await put(client, 'a', 'three', { IfMatch: '"stale"' })).toBe(200)
    expect(await get(client, 'a')).toBe('three')
  })

  test('the proxy forwards, lies, fails and acts late as it is told', async () => {
    await using s3 = await startS3()
    await using proxy = await startS3Proxy(s3)
    const client = connect({ endpoint: proxy.endpoint, credentials: s3.credentials })
    const create = { IfNoneMatch: '*' }

    expect(await put(client, 'a b/é%2F', 'one', create)).toBe(200)
    expect(await put(client, 'a b/é%2F', 'two', create)).toBe(412)
    proxy.behave(() => 'ignore_condition')
    expect(await put(client, 'a b/é%2F', 'two', create)).toBe(200)
    proxy.behave(() => 'invert_condition')
    expect(await put(client, 'a b/é%2F', 'three', create)).toBe(200)
    expect(await put(client, 'b', 'one', create)).toBe(412)
    proxy.behave(() => 'pretend_written')
    expect(await put(client, 'b', 'one', create)).toBe(200)
    proxy.behave(() => 'stale_read')
    expect(await get(client, 'a b/é%2F')).toBe('two')
    proxy.behave(() => 'lose_answer')
    expect(await put(client, 'c', 'one', create)).toBe(0)
    proxy.behave(() => ({ status: 503 }))
    expect(await put(client, 'd', 'one', create)).toBe(503)
    proxy.behave(() => ({ actsAndSays: 500 }))
    expect(await put(client, 'e', 'one', create)).toBe(500)
    proxy.behave(() => ({ lateBy: 100 }))
    expect(await put(client, 'd', 'late', create)).toBe(0)
    proxy.behave(() => 'forward')
    expect(await put(client, 'd', 'in time', create)).toBe(200)
    expect(await proxy.landLate()).toEqual([412])
    expect([await get(client, 'c'), await get(client, 'd'), await get(client, 'e')]).toEqual([
      'one',
      'in time',
      'one',
    ])
    expect(proxy.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
  })
})
