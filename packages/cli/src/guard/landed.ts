import type { CandidatePath, CandidateTouch } from '@conduct/guard'
import { lookAtGit, pathsIn } from './git-look.ts'

/** What each path is, in the index or in a commit; one that is not there is gone. */
export function blobsOf(
  cwd: string,
  { head, paths }: { readonly head: string | null; readonly paths: readonly string[] },
): readonly CandidatePath[] {
  const named = ['--', ...paths.map(literal)]
  const { stdout } =
    head === null
      ? lookAtGit(cwd, ['ls-files', '--stage', '--full-name', '-z', ...named])
      : lookAtGit(cwd, ['ls-tree', '-r', '--full-tree', '-z', head, '--', ...paths])
  const blobs = new Map(
    pathsIn(stdout).flatMap((line) => {
      const [meta = '', path = ''] = line.split('\t', 2)
      // `mode blob stage` of the index, `mode kind blob` of a commit.
      const blob = meta.split(' ')[head === null ? 1 : 2]
      return blob === undefined ? [] : [[path, blob] as const]
    }),
  )
  return paths.map((path) => ({ path, blob: blobs.get(path) ?? null }))
}

/**
 * Whether somebody's work is in what this is built on, or in what is merged: by its content, so that neither a rebase nor a
 * squash hides it. What git does not know is not.
 */
export function isBuiltOn(cwd: string, { paths }: CandidateTouch, head: string | null): boolean {
  const merged = 'refs/remotes/origin/HEAD'
  const isKnown = lookAtGit(cwd, ['rev-parse', '--quiet', '--verify', `${merged}^{commit}`]).exit === 0
  const from = [head ?? 'HEAD', ...(isKnown ? [merged] : [])]
  return paths.every(({ path, blob }) => {
    if (blob === null)
      return from.some((each) => lookAtGit(cwd, ['cat-file', '-e', `${each}:${path}`]).exit !== 0)
    const found = lookAtGit(cwd, [
      'log',
      '--max-count=1',
      '--format=%H',
      `--find-object=${blob}`,
      ...from,
      '--',
      literal(path),
    ])
    return found.exit === 0 && found.stdout !== ''
  })
}

function literal(path: string): string {
  return `:(top,literal)${path}`
}
