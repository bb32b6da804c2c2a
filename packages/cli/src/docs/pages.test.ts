import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { docPages } from './pages.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs')

test('the pages in packages/cli/docs are what the code says now (else: pnpm --filter @conduct/cli run docs)', async () => {
  const pages = await docPages()
  const written = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(pages))
})
