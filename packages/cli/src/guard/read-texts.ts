import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import type { Work } from './changed-paths.ts'
import { lookAtGit } from './git-look.ts'
import { readHeads } from './heads.ts'

export interface TextBeforeAndAfter {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

const looksMsMax = 30_000
const bytesMax = 256 * 1024 * 1024
/** Beyond it nobody wrote it by hand. */
const textBytesMax = 2 * 1024 * 1024

/** The commit that a work is compared with; null: there is none yet. */
export function comparedWith(cwd: string, { head, bases }: Work): string | null {
  const from = head ?? 'HEAD'
  for (const base of bases) {
    const left = lookAtGit(cwd, ['merge-base', base, from])
    if (left.exit === 0) return left.stdout.trim()
  }
  if (bases.length > 0) return null
  return readHeads(cwd).head
}

/** Files before and after, in one process of git; a text that is too large is left out of both, and named. */
export function readTexts(
  cwd: string,
  {
    work,
    before,
    paths,
    top,
  }: {
    readonly work: Work
    readonly before: string | null
    readonly paths: readonly string[]
    readonly top: string
  },
): { readonly texts: readonly TextBeforeAndAfter[]; readonly unread: readonly string[] } {
  const plain = paths.filter((path) => !path.includes('\n'))
  const oldNames = before === null ? [] : plain.map((path) => `${before}:${path}`)
  const newNames = work.isUncommitted ? [] : plain.map((path) => `${work.head ?? ''}:${path}`)
  const found = readObjects(cwd, [...oldNames, ...newNames])
  const all = plain.map((path, at) => ({
    path,
    before: before === null ? null : (found[at] ?? null),
    after: work.isUncommitted ? readWorking(join(top, path)) : (found[oldNames.length + at] ?? null),
  }))
  const isLarge = (text: string | null): boolean => text !== null && text.length > textBytesMax
  return {
    texts: all.filter((each) => !isLarge(each.before) && !isLarge(each.after)),
    unread: [
      ...paths.filter((path) => path.includes('\n')),
      ...all.filter((each) => isLarge(each.before) || isLarge(each.after)).map(({ path }) => path),
    ],
  }
}

/** Another line says that there is none, or that the name is of several. */
const objectLine = /^[0-9a-f]{40,64} (\w+) (\d+)$/

/** Null for what is no file there. */
export function readObjects(cwd: string, names: readonly string[]): readonly (string | null)[] {
  if (names.length === 0) return []
  const { status, stdout, error } = spawnSync('git', ['cat-file', '--batch'], {
    cwd,
    input: `${names.join('\n')}\n`,
    timeout: looksMsMax,
    maxBuffer: bytesMax,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  })
  if (error !== undefined || status !== 0) {
    throw new ConductError(
      'GIT_FAILED',
      `git cat-file could not be run: ${error?.message ?? `exit ${status}`}`,
    )
  }
  let at = 0
  return names.map(() => {
    const end = stdout.indexOf(10, at)
    const [, kind, size] = objectLine.exec(stdout.toString('utf8', at, end)) ?? []
    at = end + 1
    if (size === undefined) return null
    const begin = at
    at = begin + Number(size) + 1
    return kind === 'blob' ? stdout.toString('utf8', begin, at - 1) : null
  })
}

function readWorking(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Gone, or no file: a folder of another repository.
    return null
  }
}
