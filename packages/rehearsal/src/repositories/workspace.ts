import { engineFiles, engineVersions } from './engine.ts'
import { type Files, json } from './files.ts'

/**
 * The full estate's producer: a pnpm workspace of two packages, `money` and `engine`, where engine depends on
 * money, so that the order of publication matters.
 */
export function workspaceFiles(version: 'from' | 'to'): Files {
  const isNew = version === 'to'
  const engine = engineFiles(version, 'pnpm')
  const money: Files = {
    'package.json': json({
      name: '@rehearsal/money',
      version: engineVersions[version],
      description: 'Currencies and how they are written.',
      license: 'MIT',
      type: 'module',
      exports: { '.': './index.js', './package.json': './package.json' },
      files: ['index.js'],
      scripts: { test: 'node --test' },
    }),
    'index.js': isNew
      ? `export const currencies = ['CHF', 'EUR', 'GBP']\n\n/** Digits behind the point. */\nexport const digits = 2\n`
      : `export const currencies = ['CHF', 'EUR']\n\n/** Digits behind the point. */\nexport const digits = 2\n`,
    'index.test.js': `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currencies } from './index.js'

test('knows the euro', () => {
  assert.ok(currencies.includes('EUR'))
})
`,
  }
  return {
    'package.json': json({ name: 'engine-workspace', private: true, scripts: { test: 'pnpm -r run test' } }),
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'README.md': '# engine\n\nTwo packages: money, and engine, which is built on it.\n',
    ...below('packages/money', money),
    ...below('packages/engine', {
      ...engine,
      'package.json': json({
        ...(JSON.parse(engine['package.json'] ?? '{}') as object),
        dependencies: { '@rehearsal/money': 'workspace:^' },
      }),
      'index.js': (engine['index.js'] ?? '')
        .replace(
          'import { createRequire }',
          "import { digits } from '@rehearsal/money'\nimport { createRequire }",
        )
        .replace('toFixed(2)', 'toFixed(digits)')
        .concat("\nexport { currencies } from '@rehearsal/money'\n")
        .replace(/^import \{ digits \}.*\n/, isNew ? '$&' : ''),
    }),
  }
}

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
}
