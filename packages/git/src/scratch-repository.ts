import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** For tests: a bare repository as a remote, reached over file://, and a developer's clone of it. */
export interface Scratch extends AsyncDisposable {
  readonly folder: string
  readonly remote: string
  readonly bare: string
  readonly clone: string
  readonly cacheDir: string
  git(cwd: string, ...args: string[]): Promise<string>
  /** Commits files in the clone and pushes its branch; gives the commit. */
  commit(files: Readonly<Record<string, string>>, message?: string): Promise<string>
}

const run = promisify(execFile)

export async function scratchRepository(): Promise<Scratch> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'git-test-')))
  const bare = join(folder, 'remote.git')
  const clone = join(folder, 'clone')
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  }
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example']
    const { stdout } = await run('git', [...identity, ...args], { cwd, env })
    return stdout.trimEnd()
  }
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  await git(folder, 'clone', '--quiet', bare, clone)
  await git(clone, 'checkout', '--quiet', '-B', 'main')

  return {
    folder,
    remote: `file://${bare}`,
    bare,
    clone,
    cacheDir: join(folder, 'cache'),
    git,
    async commit(files, message = 'change') {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(clone, path)), { recursive: true })
        await writeFile(join(clone, path), text)
      }
      await git(clone, 'add', '--all')
      await git(clone, 'commit', '--quiet', '--message', message)
      await git(clone, 'push', '--quiet', 'origin', 'HEAD')
      return git(clone, 'rev-parse', 'HEAD')
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}
