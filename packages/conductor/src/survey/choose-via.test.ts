import { expect, test } from 'vitest'
import { ConductError } from '@conduct/core'
import { type BranchRules, present, unknown } from '@conduct/forge'
import { atForge, someRules } from '../preflight/forge-fixture.ts'
import { aConsumer } from '../survey-fixture.ts'
import { chooseVia } from './choose-via.ts'

const adopt = { ...aConsumer().adopt }
const chosen = (rules: Partial<BranchRules>) =>
  chooseVia(
    { forge: async () => atForge({ readRules: async () => present({ ...someRules, ...rules }) }) },
    { name: 'shop', main: 'main' },
    aConsumer(),
  )

test('is what is declared, whatever a forge would say', async () => {
  const nobody = { forge: async () => Promise.reject(new Error('asked')) }
  const declared = aConsumer({ adopt: { ...adopt, via: 'push' } })

  expect(await chooseVia(nobody, { name: 'shop', main: 'main' }, declared)).toBe('push')
})

test('is a pull request where a push would be refused, or nobody is shown whether it would', async () => {
  const because = ['main takes pull requests only']

  expect(await chosen({ push: { allowed: 'no', because } })).toBe('pull_request')
  expect(await chosen({ push: { allowed: 'unknown', because } })).toBe('pull_request')
})

test('is a push where main takes one', async () => {
  expect(await chosen({ push: { allowed: 'yes' } })).toBe('push')
  expect(await chosen({ isProtected: false, push: { allowed: 'no', because: ['no right'] } })).toBe('push')
})

test('is a push where there is no forge, and where it cannot be asked', async () => {
  const at = { name: 'shop', main: 'main' }
  const silent = atForge({ readRules: async () => unknown('answered 503') })
  const refused = async () => {
    throw new ConductError('FORGE_CREDENTIALS', 'none')
  }

  expect(await chooseVia({ forge: async () => null }, at, aConsumer())).toBe('push')
  expect(await chooseVia({ forge: async () => silent }, at, aConsumer())).toBe('push')
  expect(await chooseVia({ forge: refused }, at, aConsumer())).toBe('push')
})
