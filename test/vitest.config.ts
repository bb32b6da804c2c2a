import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { makeScratch, removeScratch } from './scratch.ts'

const scratch = makeScratch()
process.once('exit', () => removeScratch(scratch))

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      // Those of one file after another in the same process: starting one costs more than most of them take.
      { extends: true, test: { name: 'beside', include: ['packages/*/src/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'across', include: ['test/**/*.test.ts'] } },
    ],
    exclude: ['**/node_modules/**', '**/fixtures/**'],
    env: {
      TMPDIR: scratch,
      // What the tests see of their stores is not remembered among what the user's own commands have seen.
      XDG_STATE_HOME: join(scratch, 'state'),
      // Hundreds of short Node processes (servers, children, npm) compile the same modules; one place remembers them.
      NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
    },
    pool: 'forks',
    // Most tests keep more than a core busy by themselves, with the processes that they start.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
