import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openClaimFile } from './claim-file.ts'

let state = ''
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'conduct-claims-'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const file = (over: { holder?: string; place?: string; estate?: string } = {}) =>
  openClaimFile({
    estate: 'acme',
    holder: 'cli:ana',
    place: '/src/a',
    env: { XDG_STATE_HOME: state },
    ...over,
  })

test('keeps a secret from one command to the next, in a file of the user alone', () => {
  const secret = file().secretFor('release_train')

  expect(file().secretFor('release_train')).toBe(secret)
  expect(file().read('release_train')).toBe(secret)
  const [path] = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('release_train'),
  )
  expect(statSync(join(state, path ?? '')).mode & 0o777).toBe(0o600)
})

test('another folder, name, estate or lane has another secret', () => {
  const secret = file().secretFor('lane')

  const others = [
    file({ place: '/src/b' }).secretFor('lane'),
    file({ holder: 'cli:ben' }).secretFor('lane'),
    file({ estate: 'other' }).secretFor('lane'),
    file().secretFor('../lane'),
  ]

  expect(new Set([secret, ...others]).size).toBe(5)
})

test('forgets only the secret it is told', () => {
  const secret = file().secretFor('lane')

  file().forget('lane', 'another')
  expect(file().read('lane')).toBe(secret)
  file().forget('lane', secret)
  expect(file().read('lane')).toBeNull()
})
