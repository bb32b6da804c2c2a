import {
  decodeTree,
  encodeCommit,
  encodeTree,
  type GitObject,
  type NamedObject,
  nameObject,
} from './git-object.ts'
import { type Tree, type TreeEntry, treeOfCommit } from './git-object.ts'
import type { ObjectDatabase } from './object-database.ts'
import { gitObjectMissing } from './run-git.ts'

/** Trees and commits that stay in memory: those of the last writes are needed by the next one. */
const rememberedMax = 2000

/** Files of commits, by path, without a worktree, an index or (where the objects are loose) a process. */
export interface VersionedFiles {
  /** Texts of those paths that are files at the commit. */
  read(commit: string, paths: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, string>>
  /** Names in a folder (the top: an empty path); empty when there is none. */
  names(commit: string, folder: string, timeoutMs: number): Promise<readonly string[]>
  /** When the commit was made, milliseconds since 1970 by its maker's clock. */
  committedMs(commit: string, timeoutMs: number): Promise<number>
  /** Writes a commit that is `parent` with some files added or replaced; gives its id. */
  commit(change: CommitChange, timeoutMs: number): Promise<string>
}

export interface CommitChange {
  /** Null: a first commit. */
  readonly parent: string | null
  readonly files: ReadonlyMap<string, string>
  readonly message: string
  readonly wallMs: number
}

export function makeVersionedFiles(objects: ObjectDatabase): VersionedFiles {
  const remembered = new Map<string, Tree | string>()
  const remember = <Value extends Tree | string>(id: string, value: Value): Value => {
    remembered.set(id, value)
    const [oldest] = remembered.keys()
    if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest)
    return value
  }
  const load = async (id: string, timeoutMs: number): Promise<GitObject> => {
    const found = (await objects.readLoose(id)) ?? (await objects.readNamed([id], timeoutMs)).get(id)
    if (found === undefined) throw gitObjectMissing(id)
    return found
  }
  const treeOf = async (id: string, timeoutMs: number): Promise<Tree> => {
    const known = remembered.get(id)
    if (known !== undefined && typeof known !== 'string') return known
    return remember(id, decodeTree((await load(id, timeoutMs)).content))
  }
  const rootOf = async (commit: string, timeoutMs: number): Promise<string> => {
    const known = remembered.get(commit)
    if (typeof known === 'string') return known
    return remember(commit, treeOfCommit((await load(commit, timeoutMs)).content))
  }
  const find = async (commit: string, path: string, timeoutMs: number): Promise<TreeEntry | null> => {
    let entry: TreeEntry = { isTree: true, id: await rootOf(commit, timeoutMs) }
    for (const part of path === '' ? [] : path.split('/')) {
      const next: TreeEntry | undefined = entry.isTree
        ? (await treeOf(entry.id, timeoutMs)).get(part)
        : undefined
      if (next === undefined) return null
      entry = next
    }
    return entry
  }

  return {
    read: async (commit, paths, timeoutMs) => {
      const wanted = new Map<string, string>()
      for (const path of paths) {
        const entry = await find(commit, path, timeoutMs)
        if (entry !== null && !entry.isTree) wanted.set(path, entry.id)
      }
      const loose = new Map<string, GitObject | null>()
      await Promise.all(
        [...new Set(wanted.values())].map(async (id) => loose.set(id, await objects.readLoose(id))),
      )
      const packed = [...loose].filter(([, object]) => object === null).map(([id]) => id)
      const named = await objects.readNamed(packed, timeoutMs)
      const texts = new Map<string, string>()
      for (const [path, id] of wanted) {
        const object = loose.get(id) ?? named.get(id)
        if (object === undefined) throw gitObjectMissing(id)
        texts.set(path, object.content.toString('utf8'))
      }
      return texts
    },
    names: async (commit, folder, timeoutMs) => {
      const entry = await find(commit, folder, timeoutMs)
      return entry?.isTree === true ? [...(await treeOf(entry.id, timeoutMs)).keys()] : []
    },
    committedMs: async (commit, timeoutMs) => {
      const text = (await load(commit, timeoutMs)).content.toString('utf8')
      return Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(text)?.[1] ?? 0) * 1000
    },
    commit: async ({ parent, files, message, wallMs }, timeoutMs) => {
      const fresh: NamedObject[] = []
      const keep = (object: NamedObject): string => {
        fresh.push(object)
        return object.id
      }
      const build = async (before: string | null, changed: Folder): Promise<string> => {
        const tree = new Map(before === null ? [] : await treeOf(before, timeoutMs))
        for (const [name, item] of changed) {
          const present = tree.get(name)
          const isTree = typeof item !== 'string'
          const id = isTree
            ? await build(present?.isTree === true ? present.id : null, item)
            : keep(nameObject('blob', Buffer.from(item)))
          tree.set(name, { isTree, id })
        }
        const object = encodeTree(tree)
        remember(object.id, tree)
        return keep(object)
      }
      const root = await build(parent === null ? null : await rootOf(parent, timeoutMs), toFolder(files))
      const commit = encodeCommit({ tree: root, parent, message, wallMs })
      remember(commit.id, root)
      await objects.write([...fresh, commit])
      return commit.id
    },
  }
}

interface Folder extends ReadonlyMap<string, string | Folder> {}

function toFolder(files: ReadonlyMap<string, string>): Folder {
  const direct = new Map<string, string | Folder>()
  const below = new Map<string, Map<string, string>>()
  for (const [path, text] of files) {
    const slash = path.indexOf('/')
    if (slash === -1) {
      direct.set(path, text)
      continue
    }
    const name = path.slice(0, slash)
    const folder = below.get(name) ?? new Map<string, string>()
    below.set(name, folder.set(path.slice(slash + 1), text))
  }
  for (const [name, folder] of below) direct.set(name, toFolder(folder))
  return direct
}
