import { describe, expect, test } from 'vitest'
import { parseS3Address } from './s3-address.ts'

describe('the address of an S3 store', () => {
  test('names bucket, prefix, region and endpoint', () => {
    expect(
      parseS3Address(
        's3://acme-lanes/team/a%20b?region=eu-central-1&endpoint=https://s3.acme.example:9000/x',
      ),
    ).toEqual({
      bucket: 'acme-lanes',
      prefix: 'team/a b/',
      region: 'eu-central-1',
      endpoint: 'https://s3.acme.example:9000/x',
      shown: 's3://acme-lanes/team/a%20b?region=eu-central-1&endpoint=https://s3.acme.example:9000/x',
    })
  })

  test('leaves the region to the environment, except where an endpoint has none', () => {
    expect(parseS3Address('s3://acme')).toMatchObject({ prefix: '', region: null, endpoint: null })
    expect(parseS3Address('s3://acme/?endpoint=http://127.0.0.1:9000')).toMatchObject({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:9000',
    })
  })

  test.each([
    's3:acme',
    's3:///prefix',
    's3://key:secret@acme/prefix',
    's3://acme/prefix?regoin=eu',
    's3://acme/prefix?endpoint=127.0.0.1:9000',
  ])('is refused when it says something else: %s', (url) => {
    expect(() => parseS3Address(url)).toThrow(
      expect.objectContaining({ code: 'STORE_UNSUPPORTED', exit: 2 }) as Error,
    )
  })

  test('never shows a secret that stands in it all the same', () => {
    expect(() => parseS3Address('s3://key:hunter2@acme/prefix')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }) as Error,
    )
  })
})
