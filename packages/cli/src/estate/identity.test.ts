import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { resolveIdentity } from './identity.ts'

const people = new Set(['ana', 'carl'])
const host = hostname().split('.', 1)[0]

test('gives a plain name its host and folder, so that worktrees are different holders', () => {
  expect(resolveIdentity({ as: 'cli:ana', cwd: '/tmp', env: {}, people })).toEqual({
    holder: `cli:ana@${host}#tmp`,
    person: 'ana',
  })
  expect(resolveIdentity({ as: 'ana', cwd: '/tmp', env: { CONDUCT_SESSION: 's 1' }, people }).holder).toBe(
    `cli:ana@${host}#s-1`,
  )
})

test('keeps a name that says its place, and finds the person behind a number', () => {
  expect(resolveIdentity({ as: 'agent:carl-3', cwd: '/tmp', env: {}, people })).toEqual({
    holder: 'agent:carl-3',
    person: 'carl',
  })
  expect(resolveIdentity({ as: 'cli:ana@laptop', cwd: '/tmp', env: {}, people })).toEqual({
    holder: 'cli:ana@laptop',
    person: 'ana',
  })
})

test('knows no person where people declares none', () => {
  expect(resolveIdentity({ as: 'agent:zoe-1', cwd: '/tmp', env: {}, people }).person).toBeNull()
})

test('refuses what is no name (USAGE)', () => {
  const attempt = () => resolveIdentity({ as: 'cli:', cwd: '/tmp', env: {}, people })

  expect(attempt).toThrow(expect.objectContaining({ code: 'USAGE', exit: 2 }))
})
