import { type Files, json } from './files.ts'

/**
 * The shared library: sums up a basket; from 1.1.0 on it can also write the sum for people. It tells its own
 * version from the manifest beside it, so that an app can say which one it has really loaded.
 */
export const engineVersions = { from: '1.0.0', to: '1.1.0' } as const

const head = `import { createRequire } from 'node:module'

/** Version of the copy that was loaded. */
export const { version } = createRequire(import.meta.url)('./package.json')
`
const totalCents = `
/** Sum of a basket in cents. */
export function totalCents(items) {
  return items.reduce((sum, item) => sum + item.cents * (item.count ?? 1), 0)
}
`
const formatCents = `
/** A sum as people write it: \`12.30 EUR\`. */
export function formatCents(cents, currency = 'EUR') {
  return \`\${(cents / 100).toFixed(2)} \${currency}\`
}
`
const types = `export declare const version: string
export interface Item {
  readonly cents: number
  readonly count?: number
}
/** Sum of a basket in cents. */
export declare function totalCents(items: readonly Item[]): number
`
const formatTypes = `/** A sum as people write it: \`12.30 EUR\`. */
export declare function formatCents(cents: number, currency?: string): string
`
const test = (body: string, names: string) => `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ${names} } from './index.js'

test('sums up a basket', () => {
  assert.equal(totalCents([{ cents: 250 }, { cents: 100, count: 3 }]), 550)
  assert.equal(totalCents([]), 0)
})
${body}`
const formatTest = `
test('writes a sum for people', () => {
  assert.equal(formatCents(1230), '12.30 EUR')
  assert.equal(formatCents(5, 'CHF'), '0.05 CHF')
})
`

/** Files of the package, with the feature of the coming version or without; a lockfile of pnpm is made by pnpm. */
export function engineFiles(version: 'from' | 'to', manager: 'npm' | 'pnpm'): Files {
  const isNew = version === 'to'
  return {
    'package.json': json({
      name: '@rehearsal/engine',
      version: engineVersions[version],
      description: 'Baskets and their sums, shared by all apps.',
      license: 'MIT',
      type: 'module',
      exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
      files: ['index.js', 'index.d.ts'],
      scripts: { test: 'node --test' },
    }),
    ...(manager === 'npm' ? { 'package-lock.json': packageLock(version) } : {}),
    'index.js': head + totalCents + (isNew ? formatCents : ''),
    'index.d.ts': types + (isNew ? formatTypes : ''),
    'index.test.js': isNew ? test(formatTest, 'formatCents, totalCents') : test('', 'totalCents'),
    'README.md': '# @rehearsal/engine\n\nBaskets and their sums, shared by all apps of the rehearsal.\n',
  }
}

function packageLock(version: 'from' | 'to'): string {
  return json({
    name: '@rehearsal/engine',
    version: engineVersions[version],
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: '@rehearsal/engine', version: engineVersions[version], license: 'MIT' } },
  })
}
