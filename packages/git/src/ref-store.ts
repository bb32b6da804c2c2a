import { dirname } from 'node:path'
import { whileContended } from './fetch.ts'
import { openObjectDatabase } from './object-database.ts'
import { type SentPush, sendPush } from './push.ts'
import { openRefCache } from './ref-cache.ts'
import { countRecentCommits } from './recent-commits.ts'
import { requireFullRef } from './ref-name.ts'
import { listRemote, remoteFailed, requireRemote } from './remote.ts'
import { gitFailed, gitRefMissing, runGit } from './run-git.ts'
import { makeVersionedFiles, type VersionedFiles } from './versioned-files.ts'

/**
 * Refs of a remote as small versioned folders: read the newest commit, make the next one, push it if the ref still
 * stands where it was seen. A read is one fetch, a write one push; commits are made without a process.
 *
 * Errors of every call: REMOTE_UNREACHABLE (30); GIT_FAILED when something of this machine failed, most likely the
 * cache: `renewed` gives the same store on an empty one.
 */
export interface RefStore extends AsyncDisposable, VersionedFiles {
  readonly remote: string
  /** Where the ref stands at the remote now, its commit and files brought here; null: there is no such ref. */
  fetch(ref: string, timeoutMs: number): Promise<string | null>
  /** Compare-and-set; null: the ref must not exist. When the remote did not answer, it may still act. */
  push(swap: RefSwap, timeoutMs: number): Promise<SentPush>
  /** Names of refs that start with `prefix`, and where they stand. */
  list(prefix: string, timeoutMs: number): Promise<ReadonlyMap<string, string>>
  /** Brings what stands at those refs (as `list` told), in few fetches however many they are. */
  bring(heads: ReadonlyMap<string, string>, timeoutMs: number): Promise<void>
  /** Removes a ref that stands where it is expected; a remote that denies that keeps it. */
  remove(swap: Omit<RefSwap, 'commit'> & { readonly expect: string }, timeoutMs: number): Promise<void>
  /** How many commits of the refs below `prefix` are younger than that, whoever made them. */
  countCommits(
    recent: { readonly prefix: string; readonly sinceMs: number; readonly countMax: number },
    timeoutMs: number,
  ): Promise<number>
  /** Both commits must be here. True also when they are the same. */
  isAncestor(ancestor: string, descendant: string, timeoutMs: number): Promise<boolean>
  /** Facts about the remote that need to be found out only once per machine. */
  readMark(name: string): Promise<string | null>
  writeMark(name: string, text: string): Promise<void>
  /** True when so much has gathered that one should begin anew. */
  isFull(): Promise<boolean>
  /** The same on an empty cache; this one is closed. */
  renewed(): Promise<RefStore>
}

export interface RefSwap {
  readonly ref: string
  readonly commit: string
  readonly expect: string | null
}

export interface RefStoreOptions {
  /** Folder that holds the caches of all remotes. */
  readonly cacheDir: string
  readonly remote: string
}

/** @throws ConductError GIT_REMOTE_INVALID  the address could be taken for an option or a command. */
export async function openRefStore(options: RefStoreOptions, after?: string): Promise<RefStore> {
  const { remote } = options
  requireRemote(remote)
  const cache = await openRefCache({ ...options, ...(after === undefined ? {} : { after }) })
  const { path } = cache
  const callFor = (timeoutMs: number) => ({ cwd: path, remote, timeoutMs })
  const files = makeVersionedFiles(openObjectDatabase(path))
  const fetchRefs = async (refs: readonly string[], extent: readonly string[], timeoutMs: number) => {
    const asked = refs.map((ref) => `+${ref}:${cache.ownRef(ref)}`)
    const args = ['fetch', ...quietFetch, ...extent, '--', remote, ...asked]
    const request = { ...callFor(timeoutMs), args }
    return { request, result: await whileContended(request) }
  }
  const bring: RefStore['bring'] = async (heads, timeoutMs) => {
    const endMs = performance.now() + timeoutMs
    const missing: { readonly ref: string; readonly isNew: boolean }[] = []
    for (const [ref, head] of heads) {
      requireFullRef(ref)
      const seen = await cache.lastSeen(ref)
      if (seen !== head) missing.push({ ref, isNew: seen === null })
    }
    for (const isNew of [true, false]) {
      const refs = missing.filter((one) => one.isNew === isNew).map(({ ref }) => ref)
      for (let at = 0; at < refs.length; at += refsPerFetch) {
        const some = refs.slice(at, at + refsPerFetch)
        const leftMs = Math.max(1, endMs - performance.now())
        const { request, result } = await fetchRefs(some, isNew ? firstExtent : [], leftMs)
        if (result.exitCode !== 0) throw remoteFailed(request, result)
        for (const ref of some) {
          const id = await cache.readOwn(ref)
          if (id !== null) await cache.noteSeen(ref, id)
        }
      }
    }
  }
  return {
    remote,
    ...files,
    fetch: async (ref, timeoutMs) => {
      requireFullRef(ref)
      const seen = await cache.lastSeen(ref)
      const extent = seen === null ? firstExtent : [`--negotiation-tip=${cache.ownRef(ref)}`]
      const { request, result } = await fetchRefs([ref], extent, timeoutMs)
      if (result.exitCode === 0) {
        const id = await cache.readOwn(ref)
        // It was brought, and is gone: another call has left this cache behind, say. Not that the remote has none.
        if (id === null) throw gitRefMissing(ref)
        if (id !== seen) await cache.noteSeen(ref, id)
        return id
      }
      if (/couldn't find remote ref/.test(result.stderr)) return null
      throw remoteFailed(request, result)
    },
    bring,
    push: async ({ ref, commit, expect }, timeoutMs) => {
      requireFullRef(ref)
      const sent = await sendPush(callFor(timeoutMs), { source: commit, ref, expect })
      if (sent.outcome === 'pushed') await cache.noteBegun(ref, commit)
      return sent
    },
    list: (prefix, timeoutMs) => listRemote(callFor(timeoutMs), [`${prefix}*`]),
    remove: async ({ ref, expect }, timeoutMs) => {
      await sendPush(callFor(timeoutMs), { source: '', ref, expect })
    },
    countCommits: async ({ prefix, sinceMs, countMax }, timeoutMs) => {
      const heads = await listRemote(callFor(timeoutMs), [`${prefix}*`])
      await bring(heads, timeoutMs)
      const refs: string[] = []
      for (const [ref, head] of heads)
        if ((await files.committedMs(head, timeoutMs)) >= sinceMs) refs.push(ref)
      const where = { folder: dirname(path), remote, timeoutMs }
      return countRecentCommits(where, { refs, sinceMs, countMax })
    },
    isAncestor: async (ancestor, descendant, timeoutMs) => {
      if (ancestor === descendant) return true
      // `merge-base --is-ancestor` says nothing, and a command that says nothing is waited for a moment longer.
      const call = { cwd: path, args: ['merge-base', ancestor, descendant], timeoutMs }
      const result = await runGit(call)
      if (result.exitCode > 1) throw gitFailed(call, result)
      return result.stdout.trim() === ancestor
    },
    readMark: cache.readMark,
    writeMark: cache.writeMark,
    isFull: cache.isFull,
    renewed: async () => {
      await cache.close()
      return openRefStore(options, path)
    },
    [Symbol.asyncDispose]: () => cache.close(),
  }
}

/** A chain may be long: the first look at it takes its end only. */
const firstExtent = ['--depth=1']

/** Names in one command line. */
const refsPerFetch = 200

const quietFetch = [
  '--no-tags',
  '--no-prune',
  '--no-write-fetch-head',
  '--no-write-commit-graph',
  '--no-auto-gc',
  // simple-git waits a moment longer for a command that says nothing.
  '--verbose',
]
