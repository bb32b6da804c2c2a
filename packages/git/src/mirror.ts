import { createHash, randomUUID } from 'node:crypto'
import { appendFile, mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type CommitId, invariant, toCommitId } from '@conduct/core'
import { fetchMirror, fetchRef } from './fetch.ts'
import { parentOfCommit } from './git-object.ts'
import { listFilesAt } from './list-files.ts'
import { type ObjectReader, openObjectReader } from './object-reader.ts'
import type { Mirror, MirrorOptions } from './ports.ts'
import { pushWithLease } from './push.ts'
import { branchRef, requireFullRef, tagRef } from './ref-name.ts'
import { defaultBranch, listRemote, remoteHead, remoteTag, requireRemote } from './remote.ts'
import { type GitCall, gitFailed, gitObjectMissing, requireGit, runGit } from './run-git.ts'
import { addWorktree, signatureEnv, splitZero } from './worktree.ts'

/** Of one look into what is on this disk. */
const answerMsMax = 60_000

/**
 * The private bare mirror of a remote: made when there is none, marked as used.
 *
 * @throws ConductError GIT_REMOTE_INVALID  the address could be taken for an option or a command.
 */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const { remote, timeoutMs, signal } = options
  requireRemote(remote)
  const path = join(resolve(options.cacheDir), mirrorName(remote))
  await ensureBareRepository(path, options)
  const silence = options.silentMsMax === undefined ? {} : { silentMsMax: options.silentMsMax }
  const call = { cwd: path, remote, timeoutMs, signal, ...silence }
  const here = (args: readonly string[]): GitCall => ({ cwd: path, args, timeoutMs, signal })

  const objects = openObjectReader({ repository: path, timeoutMs: answerMsMax, signal })

  return {
    remote,
    path,
    fetch: () => fetchMirror(call),
    fetchRef: (ref) => fetchRef(call, ref),
    listRemote: (patterns = []) => listRemote(call, patterns),
    remoteHead: (branch) => remoteHead(call, branch),
    remoteTag: (tag) => remoteTag(call, tag),
    defaultBranch: () => defaultBranch(call),
    async branchHead(branch) {
      const ref = branchRef(branch)
      requireFullRef(ref)
      const commit = await objects.read(`${ref}^{commit}`)
      return commit === null ? null : toCommitId(commit.id)
    },
    async branches({ notIn } = {}) {
      const format = '%(refname:lstrip=2)%00%(objectname)%00%(committerdate:unix)'
      const others = notIn === undefined ? [] : [`--no-merged=${notIn}`]
      const listed = await requireGit(
        here(['for-each-ref', '--sort=-committerdate', `--format=${format}`, ...others, 'refs/heads']),
      )
      return listed
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [name = '', id = '', seconds = '0'] = line.split('\0')
          return { name, commit: toCommitId(id), committedAt: Number(seconds) * 1000 }
        })
    },
    async readFile(commit, file) {
      const object = await objects.read(`${commit}:${file}`)
      return object?.type === 'blob' ? object.content.toString('utf8') : null
    },
    listFiles: async (commit, under = []) =>
      (await listFilesAt(objects, commit, under)).map(({ path: file }) => file),
    listEntries: (commit) => listFilesAt(objects, commit, []),
    async isAncestor(ancestor, descendant) {
      const request = here(['merge-base', ancestor, descendant])
      const result = await runGit(request)
      if (result.exitCode > 1) throw gitFailed(request, result)
      return result.stdout.trim() === ancestor
    },
    async changedPaths(base, head) {
      return splitZero(
        await requireGit(here(['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, head])),
      )
    },
    worktree: (commit) => addWorktree({ mirrorPath: path, commit, timeoutMs, signal }),
    push: (push) => pushWithLease({ ...call, signal: push.signal ?? signal }, push),
    elsewhere: {
      async remoteHead(other, branch) {
        requireRemote(other)
        return remoteHead({ ...call, remote: other }, branch)
      },
      async push(other, push) {
        requireRemote(other)
        return pushWithLease({ ...call, remote: other, signal: push.signal ?? signal }, push)
      },
    },
    parentOf: (commit) => parentOf(objects, commit),
    async createRevert({ commit, message, author }) {
      const parent = await parentOf(objects, commit)
      invariant(parent !== null, `${commit} has a parent to go back to`)
      const made = await requireGit({
        ...here(['commit-tree', '--no-gpg-sign', '-p', commit, '-F', '-', `${parent}^{tree}`]),
        input: message.endsWith('\n') ? message : `${message}\n`,
        env: signatureEnv(author),
      })
      return toCommitId(made.trim())
    },
    async createTag({ name, commit, message, tagger }) {
      requireFullRef(tagRef(name))
      const seconds = Math.floor(tagger.wallMs / 1000)
      const lines = [
        `object ${commit}`,
        'type commit',
        `tag ${name}`,
        `tagger ${tagger.name} <${tagger.email}> ${seconds} +0000`,
        '',
        message.endsWith('\n') ? message : `${message}\n`,
      ]
      return (await requireGit({ ...here(['mktag']), input: lines.join('\n') })).trim()
    },
  }
}

/** One folder per address, whatever characters it has. */
export function mirrorName(remote: string): string {
  return `${createHash('sha256').update(remote).digest('hex').slice(0, 32)}.git`
}

/** Made beside its place and moved there, so that nobody ever meets half a repository. */
async function ensureBareRepository(path: string, options: MirrorOptions): Promise<void> {
  const now = new Date()
  if (await exists(join(path, 'HEAD'))) {
    await utimes(path, now, now)
    return
  }
  const parent = resolve(options.cacheDir)
  await mkdir(parent, { recursive: true })
  const fresh = join(parent, `new-${randomUUID()}`)
  const { timeoutMs, signal } = options
  // No template: sample hooks and the like are of no use here.
  const args = ['init', '--quiet', '--bare', '--template=', '--', fresh]
  await requireGit({ cwd: parent, args, timeoutMs, signal })
  // Commands of a repository (husky and the like) find hooks off in the worktrees, too.
  await appendFile(join(fresh, 'config'), '[core]\n\thooksPath = /dev/null\n')
  try {
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!(await exists(join(path, 'HEAD')))) throw error
  }
}

async function parentOf(objects: ObjectReader, commit: CommitId): Promise<CommitId | null> {
  const object = await objects.read(commit)
  if (object?.type !== 'commit') throw gitObjectMissing(commit)
  const parent = parentOfCommit(object.content)
  return parent === null ? null : toCommitId(parent)
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
