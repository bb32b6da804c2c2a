import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { topics } from '../help/topics.ts'
import { manPage } from './man-page.ts'

const groff = (page: string, ...args: readonly string[]) =>
  spawnSync('groff', ['-man', '-Kutf8', '-ww', ...args], { input: page, encoding: 'utf8' })
const hasGroff = spawnSync('groff', ['--version']).status === 0

test.skipIf(!hasGroff)('the manual page is read by groff without a warning (skipped: needs groff)', () => {
  const checked = groff(manPage(), '-z')
  // The control: it does warn.
  const wrong = groff(`${manPage()}\n.TP\n.nosuchrequest\n`, '-z')

  expect({ status: checked.status, stderr: checked.stderr }).toEqual({ status: 0, stderr: '' })
  expect(wrong.stderr).toContain('nosuchrequest')
})

test('the manual page has every page of help', () => {
  const page = manPage()
  const missing = topics
    .filter(({ name }) => name !== 'exit-codes')
    .filter(({ name }) => !page.includes(`.SH "${name.toUpperCase().replaceAll('-', String.raw`\-`)}"`))

  expect(missing.map(({ name }) => name)).toEqual([])
})
