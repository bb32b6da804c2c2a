import { expect, it } from 'vitest'
import { type DeclaredRepo, addressOf } from './repo-address.ts'

const github = (url: string | null = null): DeclaredRepo['forge'] => ({ kind: 'github', url })

it.each([
  'https://github.com/acme/shop.git',
  'https://github.com/acme/shop',
  'https://x-access-token:secret@github.com/acme/shop.git',
  'git@github.com:acme/shop.git',
  'ssh://git@github.com/acme/shop.git',
  'ssh://git@ssh.github.com:443/acme/shop.git',
  'https://www.github.com/acme/shop/',
])('is told from a remote at GitHub.com: %s', (remote) => {
  expect(addressOf({ remote, forge: null })).toEqual({
    kind: 'github',
    host: 'github.com',
    apiUrl: 'https://api.github.com',
    owner: 'acme',
    name: 'shop',
  })
})

it('of an own server is declared, whatever door git uses', () => {
  const own = {
    host: 'git.acme.example',
    apiUrl: 'https://git.acme.example/api/v3',
    owner: 'acme',
    name: 'shop',
  }

  expect(
    addressOf({ remote: 'git@git.acme.example:acme/shop.git', forge: github('https://git.acme.example') }),
  ).toMatchObject(own)
  expect(
    addressOf({ remote: 'file:///srv/acme/shop.git', forge: github('https://git.acme.example/api/v3') }),
  ).toMatchObject(own)
  expect(addressOf({ remote: '/srv/acme/shop.git', forge: github('http://127.0.0.1:8080') })).toMatchObject({
    host: '127.0.0.1:8080',
    apiUrl: 'http://127.0.0.1:8080/api/v3',
  })
})

it('of a tenant of ghe.com has its API beside it', () => {
  expect(addressOf({ remote: 'https://acme.ghe.com/acme/shop', forge: null })).toMatchObject({
    host: 'acme.ghe.com',
    apiUrl: 'https://api.acme.ghe.com',
  })
})

it.each([
  ['/srv/git/shop.git', null],
  ['https://gitlab.example/acme/shop.git', null],
  ['https://github.com.evil.example/acme/shop.git', null],
  ['https://notgithub.com/acme/shop.git', null],
  ['git@evil.example:github.com/shop.git', null],
  ['https://github.com/acme/shop.git', { kind: 'none' }],
] as const)('is none for %s with forge %o', (remote, forge) => {
  expect(addressOf({ remote, forge })).toBeNull()
})

it.each(['https://github.com/shop.git', 'https://github.com/acme/..', 'git@github.com:acme/sh op'])(
  'that does not end in owner/name is refused: FORGE_REMOTE_UNKNOWN (%s)',
  (remote) => {
    expect(() => addressOf({ remote, forge: github() })).toThrow(
      expect.objectContaining({ code: 'FORGE_REMOTE_UNKNOWN' }),
    )
  },
)

it('does not repeat a password of a remote', () => {
  expect(() => addressOf({ remote: 'https://ana:hunter22@github.com/shop', forge: github() })).toThrow(
    /^https:\/\/github\.com\/shop/,
  )
})
