import { createHash } from 'node:crypto'

/**
 * The objects of git that a ref store writes, as bytes, and their names. The format is git's oldest promise: it lets
 * a commit be made without starting a process.
 *
 * Source: gitformat-loose, git-hash-object(1).
 */
export interface GitObject {
  readonly type: 'blob' | 'tree' | 'commit' | 'tag'
  readonly content: Buffer
}

export interface NamedObject extends GitObject {
  /** SHA-1 object name, 40 hex digits. */
  readonly id: string
}

export interface TreeEntry {
  readonly isTree: boolean
  readonly id: string
}

export type Tree = ReadonlyMap<string, TreeEntry>

export function nameObject(type: GitObject['type'], content: Buffer): NamedObject {
  const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')
  return { type, content, id }
}

export function encodeTree(tree: Tree): NamedObject {
  // Git sorts by bytes, a folder as if its name ended in a slash.
  const sorted = [...tree]
    .map(([name, entry]) => ({ name, entry, key: Buffer.from(entry.isTree ? `${name}/` : name) }))
    .sort((one, other) => Buffer.compare(one.key, other.key))
  const parts = sorted.flatMap(({ name, entry }) => [
    Buffer.from(`${entry.isTree ? '40000' : '100644'} ${name}\0`),
    Buffer.from(entry.id, 'hex'),
  ])
  return nameObject('tree', Buffer.concat(parts))
}

const idBytes = 20

export interface RawEntry {
  /** As git writes it: `100644`, `100755`, `120000`, `160000`, `40000`. */
  readonly mode: string
  readonly name: string
  readonly id: string
}

/** In git's own order. */
export function rawEntries(content: Buffer): readonly RawEntry[] {
  const entries: RawEntry[] = []
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const zero = content.indexOf(0, space)
    entries.push({
      mode: content.toString('latin1', at, space),
      name: content.toString('utf8', space + 1, zero),
      id: content.toString('hex', zero + 1, zero + 1 + idBytes),
    })
    at = zero + 1 + idBytes
  }
  return entries
}

export const folderMode = '40000'

export function decodeTree(content: Buffer): Tree {
  return new Map(rawEntries(content).map(({ mode, name, id }) => [name, { isTree: mode === folderMode, id }]))
}

/** Who signs the commits of a ref store: nobody in particular. */
const author = 'conduct <conduct@localhost>'

export function encodeCommit(commit: {
  readonly tree: string
  readonly parent: string | null
  readonly message: string
  readonly wallMs: number
}): NamedObject {
  const stamp = `${author} ${Math.floor(commit.wallMs / 1000)} +0000`
  const parent = commit.parent === null ? [] : [`parent ${commit.parent}`]
  const lines = [
    `tree ${commit.tree}`,
    ...parent,
    `author ${stamp}`,
    `committer ${stamp}`,
    '',
    commit.message,
  ]
  return nameObject('commit', Buffer.from(`${lines.join('\n')}\n`))
}

/** The tree of a commit. */
export function treeOfCommit(content: Buffer): string {
  return content.toString('latin1', 'tree '.length, 'tree '.length + 2 * idBytes)
}

/** The first parent of a commit. */
export function parentOfCommit(content: Buffer): string | null {
  const head = content.toString('latin1', 0, content.indexOf('\n\n'))
  return /^parent ([0-9a-f]+)$/m.exec(head)?.[1] ?? null
}
