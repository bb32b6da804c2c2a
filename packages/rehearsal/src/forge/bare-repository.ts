import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Everything that really happens in git: branches, merges, and pushes that a hook refuses. */
export interface BareRepository {
  readonly path: string
  head(branch: string): Promise<string | null>
  /** The commit that a tag stands for. */
  tag(name: string): Promise<string | null>
  /** Makes a tag that only points, as a forge does that finds none. */
  createTag(name: string, commit: string): Promise<void>
  /** Puts a commit on a branch as somebody with every right would; `from` when the branch is new. */
  commit(options: {
    readonly branch: string
    readonly message: string
    readonly files: Readonly<Record<string, string>>
    readonly from?: string
  }): Promise<string>
  /** A commit that no branch has, under `refs/pull/<number>/head`. */
  commitForPull(options: {
    readonly number: number
    readonly from: string
    readonly message: string
    readonly files: Readonly<Record<string, string>>
  }): Promise<string>
  isAncestor(older: string, newer: string): Promise<boolean>
  canMerge(base: string, head: string): Promise<boolean>
  /** @returns the commit now on the branch, or null when it moved meanwhile or does not merge */
  merge(options: {
    readonly branch: string
    readonly head: string
    readonly method: 'merge' | 'squash'
    readonly message: string
  }): Promise<string | null>
  log(branch: string, max: number): Promise<readonly { readonly sha: string; readonly message: string }[]>
  /** From now on pushes to these branches are refused the way GitHub refuses them. */
  protect(branches: readonly string[]): Promise<void>
}

const hook = `#!/bin/sh
if grep -qxF "$1" protected 2>/dev/null; then
  echo "error: GH006: Protected branch update failed for $1." >&2
  exit 1
fi
`

const identity = {
  GIT_AUTHOR_NAME: 'Forge',
  GIT_AUTHOR_EMAIL: 'forge@acme.example',
  GIT_COMMITTER_NAME: 'Forge',
  GIT_COMMITTER_EMAIL: 'forge@acme.example',
}

export async function createBareRepository(path: string): Promise<BareRepository> {
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', path])
  await mkdir(join(path, 'hooks'), { recursive: true })
  await writeFile(join(path, 'hooks/update'), hook)
  await chmod(join(path, 'hooks/update'), 0o755)
  const git = async (args: readonly string[], input?: string): Promise<string> => {
    const child = run('git', ['-C', path, ...args], { env: { ...process.env, ...identity } })
    // What reads no input may be gone before it is written.
    child.child.stdin?.on('error', () => undefined).end(input ?? '')
    return (await child).stdout.trim()
  }
  const tries = async (args: readonly string[]): Promise<string | null> => {
    try {
      return await git(args)
    } catch {
      return null
    }
  }
  const repository: BareRepository = {
    path,
    head: (branch) => tries(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]),
    tag: (name) => tries(['rev-parse', '--verify', '--quiet', `refs/tags/${name}^{commit}`]),
    async createTag(name, commit) {
      await git(['update-ref', `refs/tags/${name}`, commit])
    },
    async commit({ branch, message, files, from }) {
      const parent = (await repository.head(branch)) ?? from ?? null
      const index = join(path, `index-${randomUUID()}`)
      const inIndex = async (args: readonly string[], input?: string): Promise<string> => {
        const child = run('git', ['-C', path, ...args], {
          env: { ...process.env, ...identity, GIT_INDEX_FILE: index },
        })
        child.child.stdin?.on('error', () => undefined).end(input ?? '')
        return (await child).stdout.trim()
      }
      if (parent !== null) await inIndex(['read-tree', parent])
      for (const [name, text] of Object.entries(files)) {
        const blob = await git(['hash-object', '-w', '--stdin'], text)
        await inIndex(['update-index', '--add', '--cacheinfo', `100644,${blob},${name}`])
      }
      const tree = await inIndex(['write-tree'])
      const parents = parent === null ? [] : ['-p', parent]
      const commit = await git(['commit-tree', tree, ...parents, '-m', message])
      await git(['update-ref', `refs/heads/${branch}`, commit])
      return commit
    },
    async commitForPull({ number, from, ...rest }) {
      const branch = `pull-${number}-${randomUUID()}`
      const commit = await repository.commit({ branch, from, ...rest })
      await git(['update-ref', `refs/pull/${number}/head`, commit])
      await git(['update-ref', '-d', `refs/heads/${branch}`])
      return commit
    },
    isAncestor: async (older, newer) => (await tries(['merge-base', '--is-ancestor', older, newer])) !== null,
    canMerge: async (base, head) => (await tries(['merge-tree', '--write-tree', base, head])) !== null,
    async merge({ branch, head, method, message }) {
      const base = await repository.head(branch)
      if (base === null) return null
      const tree = await tries(['merge-tree', '--write-tree', base, head])
      if (tree === null) return null
      const parents = method === 'squash' ? ['-p', base] : ['-p', base, '-p', head]
      const commit = await git(['commit-tree', tree, ...parents, '-m', message])
      return (await tries(['update-ref', `refs/heads/${branch}`, commit, base])) === null ? null : commit
    },
    async log(branch, max) {
      const text = await tries(['log', `--max-count=${max}`, '--format=%H %s', branch, '--'])
      return (text ?? '').split('\n').flatMap((line) => {
        const [sha = '', ...words] = line.split(' ')
        return sha === '' ? [] : [{ sha, message: words.join(' ') }]
      })
    },
    protect: (branches) =>
      writeFile(join(path, 'protected'), branches.map((branch) => `refs/heads/${branch}\n`).join('')),
  }
  return repository
}
