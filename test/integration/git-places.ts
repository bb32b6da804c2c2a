import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openStore, type OpenStoreOptions, type Store } from '@conduct/lanes/engine'

const run = promisify(execFile)

/** A bare repository of its own and a cache home of its own, for tests of the git store; disposing removes both. */
export interface GitPlace extends AsyncDisposable {
  readonly folder: string
  readonly bare: string
  readonly url: string
  /** Environment of a machine: each has its own cache. */
  readonly env: (machine?: string) => NodeJS.ProcessEnv
  readonly open: (
    options?: OpenStoreOptions & { readonly machine?: string; readonly url?: string },
  ) => Promise<Store>
  /** Git in the bare repository. */
  readonly git: (...args: readonly string[]) => Promise<string>
  readonly hook: (name: string, script: string) => Promise<void>
}

export async function openGitPlace(): Promise<GitPlace> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'conduct-git-')))
  const bare = join(folder, 'store.git')
  await run('git', ['init', '--quiet', '--bare', bare])
  const env = (machine = 'here'): NodeJS.ProcessEnv => ({
    ...process.env,
    XDG_CACHE_HOME: join(folder, 'cache', machine),
  })
  const url = `git+file://${bare}`
  return {
    folder,
    bare,
    url,
    env,
    open: ({ machine, url: other = url, ...options } = {}) =>
      openStore(other, { estate: 'acme', env: env(machine), ...options }),
    git: async (...args) => (await run('git', ['-C', bare, ...args])).stdout.trim(),
    hook: async (name, script) => {
      await mkdir(join(bare, 'hooks'), { recursive: true })
      await writeFile(join(bare, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}
