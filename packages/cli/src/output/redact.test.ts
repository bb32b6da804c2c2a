import { expect, test } from 'vitest'
import { createRedaction } from './redact.ts'

test('replaces the values of variables whose names say that they are secret', () => {
  const redact = createRedaction({
    NPM_TOKEN: 'hunter2-hunter2',
    MY_API_KEY: 'k-123456789',
    HOME: '/home/ana',
  })

  expect(redact('pushed with hunter2-hunter2 and k-123456789 from /home/ana')).toBe(
    'pushed with *** and *** from /home/ana',
  )
})

test('leaves short values and the public fencing token alone', () => {
  const redact = createRedaction({ SOME_TOKEN: 'true', CONDUCT_TOKEN: '4294967338' })

  expect(redact('true 4294967338')).toBe('true 4294967338')
})

test('replaces passwords in addresses and tokens of known shapes', () => {
  const redact = createRedaction({})

  expect(redact('https://ana:s3cr3t@git.example/x.git')).toBe('https://ana:***@git.example/x.git')
  expect(redact('//localhost:4873/:_authToken=abcdef')).toBe('//localhost:4873/:_authToken=***')
  expect(redact(`ghp_${'a1'.repeat(18)}`)).toBe('***')
  expect(redact('git@github.com:acme/shop.git')).toBe('git@github.com:acme/shop.git')
})
