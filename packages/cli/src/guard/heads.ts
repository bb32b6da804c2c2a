import { lookAtGit } from './git-look.ts'

export interface Heads {
  /** The commit checked out; null: there is none yet. */
  readonly head: string | null
  /** The commit that is being merged; null: none is. */
  readonly merged: string | null
}

/** A command asks several times, and neither moves while it looks. */
const read = new Map<string, Heads>()

export function readHeads(cwd: string): Heads {
  const known = read.get(cwd)
  if (known !== undefined) return known
  const { stdout } = lookAtGit(cwd, ['cat-file', '--batch-check'], 'HEAD^{commit}\nMERGE_HEAD^{commit}\n')
  // Of one that there is not the line says so.
  const [head = null, merged = null] = stdout
    .split('\n')
    .map((line) => /^([0-9a-f]+) commit /.exec(line)?.[1] ?? null)
  const heads = { head, merged }
  read.set(cwd, heads)
  return heads
}
