import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'tsdown'
import { external, inlined } from './inlined-packages.ts'
import { writeNotices } from './write-notices.ts'

/**
 * The published program: workspace packages and pure-JS libraries inlined, so that installing conduct installs one
 * package. What runs in a process or thread of its own is an entry of its own, reached through `#imports`.
 */
export default defineConfig({
  entry: {
    bin: 'src/bin.ts',
    'renewal-worker': '../lanes/src/renewal-worker.ts',
    keeper: '../lanes/src/keeper.ts',
    supervisor: '../conductor/src/exec/supervisor.ts',
    reaper: '../subprocess/src/reaper-entry.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outDir: 'dist',
  fixedExtension: false,
  dts: false,
  sourcemap: false,
  clean: true,
  failOnWarn: true,
  hooks: {
    'build:done': ({ options: { outDir } }) => {
      const from = import.meta.dirname
      writeNotices({ packages: inlined, from, to: join(outDir, 'THIRD-PARTY-LICENSES.txt') })
      copyFileSync(join(from, '../config/lanes.schema.json'), join(outDir, 'lanes.schema.json'))
    },
  },
  deps: {
    // A dependency that is not named here fails the build, whether it would be bundled or imported.
    onlyBundle: [...inlined],
    onlyImport: ['@conduct/rehearsal', ...external],
    neverBundle: ['@conduct/rehearsal', ...external],
  },
})
