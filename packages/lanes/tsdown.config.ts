import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'tsdown'
// Steps of both builds; no code of one package in the other.
import { external } from '../cli/inlined-packages.ts'
import { writeNotices } from '../cli/write-notices.ts'
import { inlined } from './inlined-packages.ts'

const shared = {
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outDir: 'dist',
  fixedExtension: false,
  sourcemap: false,
  deps: {
    // A dependency that is not named here fails the build, whether it would be bundled or imported.
    onlyBundle: [...inlined],
    neverBundle: [...external],
    onlyImport: [...external],
  },
} as const satisfies UserConfig

/**
 * The published engine: workspace packages and pure-JS libraries inlined, the clients of Postgres and S3 left to
 * whoever uses those stores. The thread that renews leases is an entry of its own, reached through `#imports` (the
 * keeper of `--keep` belongs to the command line); the types of the public entry are rolled into one file.
 */
export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts', 'renewal-worker': 'src/renewal-worker.ts' },
    dts: false,
    clean: true,
    failOnWarn: true,
    hooks: {
      'build:done': () => {
        const from = import.meta.dirname
        writeNotices({ packages: inlined, from, to: join(from, 'dist', 'THIRD-PARTY-LICENSES.txt') })
      },
    },
  },
  {
    ...shared,
    entry: { index: 'src/index.ts' },
    dts: { emitDtsOnly: true, generator: 'tsgo', tsconfig: '../tsconfig.json' },
    clean: false,
    // It warns of every use of TypeScript 7, whose declarations the tests compile against.
    failOnWarn: false,
  },
])
