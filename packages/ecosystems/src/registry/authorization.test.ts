import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAuthorizations } from './authorization.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'conduct-home-'))
})

afterEach(async () => {
  await rm(home, { recursive: true, force: true })
})

async function authorizationOf(npmrc: string, url: string, env: Record<string, string> = {}) {
  await writeFile(path.join(home, '.npmrc'), npmrc)
  return (await readAuthorizations({ HOME: home, ...env }))(url)
}

describe('the authorization of a question', () => {
  it.each([
    ['a token', '//r.test/:_authToken=abc\n', 'Bearer abc'],
    ['a token of a variable', '//r.test/:_authToken=${TOKEN}\n', 'Bearer from-env'],
    ['ready-made credentials', '//r.test/:_auth=dTpw\n', 'Basic dTpw'],
    ['a name and a password', '//r.test/:username=u\n//r.test/:_password=cA==\n', 'Basic dTpw'],
    ['the closest of several', '//r.test/:_authToken=far\n//r.test/npm/:_authToken=near\n', 'Bearer near'],
  ])('is %s', async (_case, npmrc, expected) => {
    expect(await authorizationOf(npmrc, 'https://r.test/npm/@acme%2fa', { TOKEN: 'from-env' })).toBe(expected)
  })

  it.each([
    ['another host', '//other.test/:_authToken=abc\n'],
    ['another port', '//r.test:8080/:_authToken=abc\n'],
    ['another path', '//r.test/private/:_authToken=abc\n'],
    ['a host that only begins alike', '//r.te/:_authToken=abc\n'],
    ['a variable that is not set', '//r.test/:_authToken=${NOT_SET}\n'],
  ])('is never that of %s', async (_case, npmrc) => {
    expect(await authorizationOf(npmrc, 'https://r.test/npm/a')).toBeNull()
  })

  it('is none without a configuration', async () => {
    expect((await readAuthorizations({ HOME: path.join(home, 'nowhere') }))('https://r.test/a')).toBeNull()
  })
})
