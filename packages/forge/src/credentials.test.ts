import { expect, it } from 'vitest'
import { credentialsFrom } from './credentials.ts'

const cloud = { host: 'github.com', apiUrl: 'https://api.github.com' }
const own = { host: 'git.acme.example', apiUrl: 'https://git.acme.example/api/v3' }

it('are a token, from the variable that GitHub names for the server', () => {
  const env = { GH_TOKEN: ' ghp_a ', GITHUB_TOKEN: 'ghs_b', GH_ENTERPRISE_TOKEN: 'ghp_c' }

  expect(credentialsFrom(env, cloud)).toEqual({ kind: 'token', token: 'ghp_a' })
  expect(credentialsFrom({ ...env, GH_TOKEN: '' }, cloud)).toEqual({ kind: 'token', token: 'ghs_b' })
  expect(credentialsFrom(env, own)).toEqual({ kind: 'token', token: 'ghp_c' })
})

it('of GitHub.com are never offered to another server: FORGE_CREDENTIALS', () => {
  const code = expect.objectContaining({ code: 'FORGE_CREDENTIALS' }) as Error

  expect(() => credentialsFrom({ GH_TOKEN: 'ghp_a', GITHUB_TOKEN: 'ghp_b' }, own)).toThrow(code)
  expect(() =>
    credentialsFrom(
      { GH_TOKEN: 'ghp_a' },
      { host: 'github.com.evil.example', apiUrl: 'https://github.com.evil.example/api/v3' },
    ),
  ).toThrow(code)
})

it('are not sent unencrypted, except to this machine', () => {
  const env = { GH_ENTERPRISE_TOKEN: 'ghp_c' }

  expect(() =>
    credentialsFrom(env, { host: 'git.acme.example', apiUrl: 'http://git.acme.example/api/v3' }),
  ).toThrow('not encrypted')
  expect(() =>
    credentialsFrom(env, { host: '127.0.0.1.evil.example', apiUrl: 'http://127.0.0.1.evil.example/api/v3' }),
  ).toThrow('not encrypted')
  expect(credentialsFrom(env, { host: '127.0.0.1:8080', apiUrl: 'http://127.0.0.1:8080/api/v3' }).kind).toBe(
    'token',
  )
})

it('are an App before a token, with a key that may stand in one line', () => {
  const env = {
    CONDUCT_GITHUB_APP_ID: '77',
    CONDUCT_GITHUB_APP_PRIVATE_KEY: String.raw`-----BEGIN-----\nabc`,
    GH_TOKEN: 'ghp_a',
  }

  expect(credentialsFrom(env, cloud)).toEqual({
    kind: 'app',
    appId: '77',
    privateKey: '-----BEGIN-----\nabc',
    installationId: null,
  })
  expect(credentialsFrom({ ...env, CONDUCT_GITHUB_APP_INSTALLATION_ID: '9' }, cloud)).toMatchObject({
    installationId: 9,
  })
})

it.each([
  {},
  { CONDUCT_GITHUB_APP_ID: '77', GH_TOKEN: 'ghp_a' },
  {
    CONDUCT_GITHUB_APP_ID: '77',
    CONDUCT_GITHUB_APP_PRIVATE_KEY: 'secret-key',
    CONDUCT_GITHUB_APP_INSTALLATION_ID: '9/../8',
  },
  { GH_TOKEN: 'ghp_secret\nhost: evil' },
])('that are missing or half there are refused without repeating them: FORGE_CREDENTIALS (%#)', (env) => {
  expect(() => credentialsFrom(env, cloud)).toThrow(expect.objectContaining({ code: 'FORGE_CREDENTIALS' }))
  expect(() => credentialsFrom(env, cloud)).not.toThrow(/secret/)
})
