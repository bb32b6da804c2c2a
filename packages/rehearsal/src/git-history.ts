import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { countingHook } from './attempts.ts'
import type { Layout } from './layout.ts'
import type { Files } from './repositories/files.ts'
import { runStep } from './toolchain.ts'

export interface HistoryCommit {
  readonly message: string
  readonly files: Files
  /** Seconds since 1970. */
  readonly at: number
  readonly tags?: readonly string[]
}

const who = 'Ana <ana@rehearsal.example>'

/** A bare remote with a history on main, and a developer's clone of it. Each commit holds exactly its files. */
export async function createRepository(
  layout: Layout,
  repo: string,
  commits: readonly HistoryCommit[],
): Promise<void> {
  await createRemote(layout, repo)
  await runStep(['git', 'fast-import', '--quiet'], { cwd: layout.remote(repo), stdin: toStream(commits) })
  await cloneCheckout(layout, repo)
}

/** The bare repository alone, with the hook that counts. */
export async function createRemote(layout: Layout, repo: string): Promise<void> {
  const bare = layout.remote(repo)
  await mkdir(dirname(bare), { recursive: true })
  await runStep(['git', 'init', '--quiet', '--bare', '--initial-branch=main', bare], { cwd: layout.dir })
  const hook = join(bare, 'hooks', 'pre-receive')
  await writeFile(hook, countingHook(repo))
  await chmod(hook, 0o755)
}

export async function cloneCheckout(layout: Layout, repo: string): Promise<void> {
  const checkout = layout.checkout(repo)
  await mkdir(dirname(checkout), { recursive: true })
  await runStep(['git', 'clone', '--quiet', `file://${layout.remote(repo)}`, checkout], { cwd: layout.dir })
}

export async function headOf(layout: Layout, repo: string): Promise<string> {
  const { stdout } = await runStep(['git', 'rev-parse', 'refs/heads/main'], { cwd: layout.remote(repo) })
  return stdout.trim()
}

/** The stream of `git fast-import`: sizes count bytes. */
function toStream(commits: readonly HistoryCommit[]): string {
  const parts = commits.map(({ message, files, at, tags = [] }) => {
    const changes = Object.entries(files).map(
      ([path, text]) => `M ${path.startsWith('bin/') ? '100755' : '100644'} inline ${path}\n${data(text)}\n`,
    )
    return [
      `commit refs/heads/main\ncommitter ${who} ${at} +0000\n${data(message)}\ndeleteall\n`,
      ...changes,
      '\n',
      ...tags.map((tag) => `tag ${tag}\nfrom refs/heads/main\ntagger ${who} ${at} +0000\n${data(tag)}\n`),
    ].join('')
  })
  return `${parts.join('')}done\n`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}
