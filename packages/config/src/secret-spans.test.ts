import { describe, expect, it } from 'vitest'
import { findSecrets, redactSecrets } from './secret-spans.ts'

describe('what looks like a secret', () => {
  it.each([
    ['postgres://lanes:hunter2@db.example/x', 'hunter2'],
    ['https://x-access-token:abcdef0123@forge.example/a.git', 'abcdef0123'],
    ['deploy --token=0123456789abcdef', '0123456789abcdef'],
    ['deploy --api-key 0123456789abcdef', '0123456789abcdef'],
    ['DEPLOY_PASSWORD=correct-horse', 'correct-horse'],
    ['npm_0123456789abcdefghijABCDEFGHIJ012345', 'npm_0123456789abcdefghijABCDEFGHIJ012345'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['curl -H "Authorization: Bearer abcdef0123456789abcdef"', 'abcdef0123456789abcdef'],
    ['s3://b/p?secret=abcdefgh12', 'abcdefgh12'],
  ])('%s', (text, secret) => {
    expect(findSecrets(text).map(({ from, to }) => text.slice(from, to))).toEqual([secret])
    expect(redactSecrets(text)).not.toContain(secret)
  })
})

describe('what does not', () => {
  it.each([
    ['git@github.com:acme/engine.git'],
    ['ssh://git@host.example:22/engine.git'],
    ['postgres://lanes@db.example:5432/conduct'],
    ['postgres://lanes:${PASSWORD}@db.example/conduct'],
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ana@acme'],
    ['bin/deploy --sha {sha} --token-file=/run/secrets/deploy'],
    ['bin/deploy --token "$DEPLOY_TOKEN"'],
    ['bin/deploy --token {version}'],
    ['env: [NPM_TOKEN, DEPLOY_PASSWORD]'],
    ['secret: true'],
    ['https://acme.example/inc/41'],
  ])('%s', (text) => {
    expect(findSecrets(text)).toEqual([])
  })
})
