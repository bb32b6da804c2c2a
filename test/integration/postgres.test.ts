import { openStore } from '@conduct/lanes'
import { storeScenarios } from '@conduct/lanes/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server[Symbol.asyncDispose]())

describe('the Postgres store conforms', () => {
  test.each(storeScenarios)('$name', async ({ run }) => {
    await using a = await openStore(await server.createDatabase(), { estate: 'acme' })
    await using b = await openStore(a.url, { estate: 'acme' })
    await using other = await openStore(a.url, { estate: 'zeta' })

    await expect(run({ a, b, other })).resolves.toBeUndefined()
  })
})
