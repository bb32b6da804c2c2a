import { openStore } from '@conduct/lanes/engine'
import { storeScenarios } from '@conduct/lanes/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type S3Server, startS3 } from '../servers/s3.ts'

let s3: S3Server
const prefix = 'conformance'

beforeAll(async () => {
  s3 = await startS3()
  Object.assign(process.env, s3.env)
})

afterAll(() => s3[Symbol.asyncDispose]())

describe('the S3 store conforms', () => {
  test.each(storeScenarios)('$name', async ({ run }) => {
    const url = s3.freshUrl(prefix)
    const estate = crypto.randomUUID()
    await using a = await openStore(url, { estate })
    await using b = await openStore(url, { estate })
    await using other = await openStore(url, { estate: `${estate}-other` })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})
