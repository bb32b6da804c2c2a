import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { secretsWithin } from './secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('values that env: passes and credentials of an .npmrc in reach are secrets; plain words and paths are not', async () => {
  writeFileSync(
    join(folder, '.npmrc'),
    '@acme:registry=http://localhost/\n//localhost/:_authToken=npm-0123456789\n# :_authToken=in-a-comment\n//other/:_authToken=${NPM_TOKEN}\n',
  )
  const env = {
    HOME: join(folder, 'nobody'),
    DEPLOY_CODE: 'correct-horse-battery',
    API_TOKEN: 'productionlike',
    STAGE: 'production',
    CACHE: '/var/cache/acme',
    NODE_OPTIONS: '--max-old-space-size=4096',
    SHORT_TOKEN: '1234',
    NOT_PASSED: 'another-secret-value',
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const passEnv = ['DEPLOY_CODE', 'API_TOKEN', 'STAGE', 'CACHE', 'NODE_OPTIONS', 'SHORT_TOKEN', 'UNSET']

  const secrets = await secretsWithin({ cwd: folder, passEnv })

  expect(secrets).toEqual(['correct-horse-battery', 'productionlike', 'npm-0123456789'])
})
