import * as sdk from '@aws-sdk/client-s3'
import type { Floor, FloorPlace } from './floor.ts'

/** One GET and one PUT with If-Match, by the client that the store uses and set as the store sets it. */
export async function openS3Floor({ url }: FloorPlace): Promise<Floor> {
  const address = new URL(url)
  const Bucket = address.hostname
  const prefix = address.pathname.slice(1)
  const client = new sdk.S3Client({
    region: address.searchParams.get('region') ?? 'auto',
    endpoint: address.searchParams.get('endpoint') ?? '',
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const Key = `${prefix}/floor`
  const get = async (key: string) => {
    const { Body, ETag } = await client.send(new sdk.GetObjectCommand({ Bucket, Key: key }))
    return { text: (await Body?.transformToString()) ?? '', etag: ETag ?? '' }
  }
  return {
    bytesOf: async (lane) => {
      const listed = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix }))
      const keys = listed.Contents?.map(({ Key: found = '' }) => found) ?? []
      const key = keys.find((found) => found.endsWith(`/d/lane!2F${lane}`))
      if (key === undefined) throw new Error(`no document of ${lane} among ${keys.length} objects`)
      return (await get(key)).text
    },
    begin: async (text) => {
      await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body: text, IfNoneMatch: '*' }))
    },
    change: async (text) => {
      const { text: body, etag } = await get(Key)
      JSON.parse(body)
      await client.send(
        new sdk.PutObjectCommand({ Bucket, Key, Body: text, ContentType: 'application/json', IfMatch: etag }),
      )
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  }
}
