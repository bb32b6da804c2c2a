import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { openWorkshop, token } from './workshop.ts'

it('is asked of the forge, with the scopes of a classic token', async () => {
  await using workshop = await openWorkshop()

  expect(await workshop.forge.identity()).toMatchObject({
    state: 'present',
    value: {
      login: 'ana',
      kind: 'classic_token',
      isBot: false,
      scopes: ['repo', 'workflow'],
      pullRequestsGetCi: { answer: 'yes' },
    },
  })
})

it.each([
  ['github_pat_11AAAAAAA', 'user', 'ana', 'fine_grained_token', 'yes'],
  ['gho_abcdefgh', 'user', 'ana', 'oauth_token', 'yes'],
  ['something-else', 'user', 'ana', 'unrecognised_token', 'unknown'],
  ['ghs_installation', 'installation', 'train[bot]', 'app', 'yes'],
  ['ghs_workflow', 'workflow', 'github-actions[bot]', 'workflow_token', 'no'],
] as const)(
  '%s is %s %s: %s, and its pull requests get CI: %s',
  async (secret, kind, login, credential, answer) => {
    await using workshop = await openWorkshop()
    workshop.github.addToken(secret, { login, kind, scopes: null })
    const forge = await workshop.openAs({ kind: 'token', token: secret })

    expect(await forge.identity()).toMatchObject({
      value: { login, kind: credential, scopes: null, pullRequestsGetCi: { answer } },
    })
  },
)

it('is unknown, with no word of the token, when the forge does not take it or does not answer', async () => {
  await using workshop = await openWorkshop()
  const { github } = workshop
  const forge = await workshop.openAs({ kind: 'token', token: 'ghp_expired_and_secret' })
  const expired = await forge.identity()
  github.misbehave(() => ({ fault: 'status', status: 403, message: `token ${token} may not` }))
  const echoed = await workshop.forge.identity()
  github.misbehave(() => ({ fault: 'unanswered', acts: false }))
  const silent = await workshop.forge.identity()

  expect(expired).toMatchObject({
    state: 'unknown',
    isRetryable: false,
    reason: expect.stringContaining('Bad credentials') as string,
  })
  expect(echoed).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining('token *** may not') as string,
  })
  expect(silent).toMatchObject({ state: 'unknown', isRetryable: true })
  expect(JSON.stringify([expired, echoed, silent])).not.toMatch(/expired_and_secret|0123456789abcdef/)
})

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privateKey = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string
const app = { kind: 'app', appId: '77', privateKey, installationId: null } as const

it('may be a GitHub App, whose tokens are made for the installation and renewed before they end', async () => {
  await using workshop = await openWorkshop()
  const { github, shop, clock } = workshop
  github.addApp({ id: '77', slug: 'train', publicKey, installation: 9 })
  shop.records.access.set('train[bot]', 'write')
  const forge = await workshop.openAs(app)
  const repository = forge.repository('acme', 'shop')
  const made = () => github.calls.get('POST /app/installations/{installation_id}/access_tokens')

  const identity = await forge.identity()
  const readings = [await repository.readAccess(), await repository.readAccess()]
  expect(made()).toBe(1)
  await clock.sleep(56 * 60_000)
  await repository.readAccess()

  expect(identity).toMatchObject({ value: { login: 'train[bot]', kind: 'app', isBot: true } })
  expect(readings).toMatchObject([{ value: { canPush: true } }, { value: { canPush: true } }])
  expect(made()).toBe(2)
})

it('of an App that is not installed, or whose key is another or none, is unknown; nothing of the key is said', async () => {
  await using workshop = await openWorkshop()
  const { github } = workshop
  github.addApp({ id: '77', slug: 'train', publicKey, installation: 9 })
  const notInstalled = await (await workshop.openAs(app)).repository('acme', 'shop').readAccess()
  const broken = await (await workshop.openAs({ ...app, privateKey: 'BEGIN secret' })).identity()
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  const wrongKey = await (await workshop.openAs({ ...app, privateKey: other as string })).identity()

  expect(notInstalled).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining('installation') as string,
  })
  expect(broken).toMatchObject({
    state: 'unknown',
    reason: 'The private key of the App is no readable PEM key',
  })
  expect(wrongKey).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining('Bad credentials') as string,
  })
})
