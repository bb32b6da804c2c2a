import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type CommitId, toCommitId } from '@conduct/core'
import type { PushOutcome, Signature, Worktree } from './ports.ts'
import { pushWithLease } from './push.ts'
import { requireFullRef } from './ref-name.ts'
import { requireGit, runGit } from './run-git.ts'
import { addWorktree } from './worktree.ts'

export interface FileChange {
  readonly path: string
  /** Null: it is gone. An object: git has its content already. */
  readonly content: string | { readonly object: string } | null
}

export interface CommitDraft {
  readonly changes: readonly FileChange[]
  readonly message: string
}

/** Commits that stand on each other, the first of them on `on`. */
export interface Chain {
  readonly on: CommitId
  readonly commits: readonly CommitDraft[]
}

/**
 * Commits and refs in the repository that somebody stands in, made without its index and its files: their checkout is never
 * touched, whatever it has checked out.
 */
export interface BranchWriter {
  /** The last commit of each chain. Nothing points to them yet. */
  writeCommits(chains: readonly Chain[], author: Signature): Promise<readonly CommitId[]>
  /** All of them, or none where one of them exists already and is not to be replaced: that one and where it stands. */
  createRefs(
    refs: readonly { readonly ref: string; readonly commit: CommitId; readonly replaces?: boolean }[],
  ): Promise<
    | { readonly outcome: 'created' }
    | { readonly outcome: 'exists'; readonly ref: string; readonly commit: string }
  >
  /** Where a full ref name stands; null: nowhere. */
  refAt(ref: string): Promise<string | null>
  /** Name of what a path is at a commit; null: it has none. */
  objectAt(commit: string, path: string): Promise<string | null>
  /** The text of a path at a commit; null: it has none. */
  textAt(commit: string, path: string): Promise<string | null>
  /** Whom git would name as the author here. */
  author(): Promise<{ readonly name: string; readonly email: string }>
  /** A branch that the remote does not have yet. */
  push(remote: string, branch: { readonly ref: string; readonly commit: CommitId }): Promise<PushOutcome>
  /** A private worktree below `folder`; disposing removes it. */
  worktree(commit: CommitId, folder: string): Promise<Worktree>
}

const timeoutMs = 60_000

/** @throws ConductError GIT_FAILED  there is no repository. */
export async function openBranchWriter(options: {
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
}): Promise<BranchWriter> {
  const { cwd, signal } = options
  const call = (args: readonly string[]) => ({ cwd, args, timeoutMs, signal })
  const common = resolve(cwd, (await requireGit(call(['rev-parse', '--git-common-dir']))).trim())
  const refAt = async (ref: string): Promise<string | null> => {
    const found = await runGit(call(['rev-parse', '--verify', '--quiet', '--end-of-options', ref]))
    return found.exitCode === 0 ? found.stdout.trim() : null
  }
  return {
    refAt,
    writeCommits: async (chains, author) => {
      const folder = await mkdtemp(join(tmpdir(), 'conduct-marks-'))
      const marks = join(folder, 'marks')
      // Whatever it writes has to have a name while it writes.
      const making = `refs/conduct/_making/${randomBytes(8).toString('hex')}`
      try {
        const args = ['fast-import', '--quiet', '--done', `--export-marks=${marks}`]
        await requireGit({ ...call(args), cwd: common, input: toStream(chains, { author, making }) })
        const made = new Map(
          (await readFile(marks, 'utf8')).split('\n').map((line) => line.split(' ') as [string, string]),
        )
        return chains.map((_, at) => toCommitId(made.get(`:${at + 1}`) ?? ''))
      } finally {
        await runGit({
          ...call(['update-ref', '--stdin']),
          input: chains.map((_, at) => `delete ${making}-${at}\n`).join(''),
        })
        await rm(folder, { recursive: true, force: true })
      }
    },
    createRefs: async (refs) => {
      for (const { ref } of refs) requireFullRef(ref)
      const input = refs
        .map(({ ref, commit, replaces = false }) => `${replaces ? 'update' : 'create'} ${ref} ${commit}\n`)
        .join('')
      const written = { ...call(['update-ref', '--stdin']), input }
      const result = await runGit(written)
      if (result.exitCode === 0) return { outcome: 'created' }
      for (const { ref, replaces = false } of refs) {
        const there = replaces ? null : await refAt(ref)
        if (there !== null) return { outcome: 'exists', ref, commit: there }
      }
      await requireGit(written)
      return { outcome: 'created' }
    },
    objectAt: async (commit, path) => {
      const found = await runGit(
        call(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${path}`]),
      )
      return found.exitCode === 0 ? found.stdout.trim() : null
    },
    textAt: async (commit, path) => {
      const found = await runGit(call(['cat-file', 'blob', `${commit}:${path}`]))
      return found.exitCode === 0 ? found.stdout : null
    },
    author: async () => {
      const setting = async (name: string, otherwise: string): Promise<string> => {
        const found = await runGit(call(['config', '--get', name]))
        return found.exitCode === 0 && found.stdout.trim() !== '' ? found.stdout.trim() : otherwise
      }
      return {
        name: await setting('user.name', 'conduct'),
        email: await setting('user.email', 'conduct@localhost'),
      }
    },
    push: (remote, { ref, commit }) =>
      pushWithLease({ cwd, remote, timeoutMs, signal }, { source: commit, ref, expect: null }),
    worktree: (commit, folder) => addWorktree({ mirrorPath: common, folder, commit, timeoutMs, signal }),
  }
}

/** The stream of `git fast-import`: sizes count bytes. */
function toStream(
  chains: readonly Chain[],
  { author, making }: { readonly author: Signature; readonly making: string },
): string {
  const who = `${plain(author.name)} <${plain(author.email)}> ${Math.floor(author.wallMs / 1000)} +0000`
  const parts = chains.flatMap(({ on, commits }, at) =>
    commits.map(({ changes, message }, place) =>
      [
        `commit ${making}-${at}\n`,
        place === commits.length - 1 ? `mark :${at + 1}\n` : '',
        `author ${who}\ncommitter ${who}\n${data(message)}`,
        place === 0 ? `from ${on}\n` : '',
        ...changes.map(changeLine),
        '\n',
      ].join(''),
    ),
  )
  return `${parts.join('')}done\n`
}

function changeLine({ path, content }: FileChange): string {
  if (content === null) return `D ${quoted(path)}\n`
  if (typeof content === 'object') return `M 100644 ${content.object} ${quoted(path)}\n`
  return `M 100644 inline ${quoted(path)}\n${data(content)}`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}

function quoted(path: string): string {
  if (!/^"|[\n\\]/.test(path)) return path
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

/** What would end the name in the line of an author. */
function plain(text: string): string {
  return text.replaceAll(/[<>\n]/g, '').trim()
}
