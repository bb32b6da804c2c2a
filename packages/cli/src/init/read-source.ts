import { ConductError } from '@conduct/core'
import { type FileTree, surveyManifests, type Survey } from '@conduct/ecosystems'
import type { Gap, SourceTree } from '@conduct/init'
import type { CommitTree } from '@conduct/git'

const KIB = 1024
const MIB = 1024 * KIB

/** Nobody writes more by hand; what a tool writes is only looked at for being there. */
function bytesMaxOf(path: string): number {
  if (/(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Gemfile\.lock|gems\.locked)$/.test(path))
    return 64 * MIB
  return /(?:^|\/)(?:Gemfile|gems\.rb|[^/]+\.gemspec)$/.test(path) ? 64 * KIB : MIB
}

const manifests = /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|Gemfile|gems\.rb|[^/]+\.gemspec)$/

export interface ReadSource {
  readonly tree: SourceTree
  readonly survey: Survey
  readonly gaps: readonly Gap[]
}

/** Files as data: regular ones that are committed, of a size that somebody may have written. */
export async function readSource(committed: CommitTree | null, repo: string): Promise<ReadSource> {
  const entries = committed?.entries ?? []
  const files = entries.filter(({ kind }) => kind === 'file')
  const sizes = new Map(files.map(({ path, sizeBytes }) => [path, sizeBytes ?? 0]))
  const isTooBig = (path: string): boolean => (sizes.get(path) ?? 0) > bytesMaxOf(path)
  const read = async (path: string): Promise<string | null> => (await committed?.read(path)) ?? null
  const fileTree: FileTree = {
    listFiles: async () => [...sizes.keys()],
    readFile: async (path) => {
      if (!isTooBig(path)) return read(path)
      const size = `${path} has ${sizes.get(path) ?? 0} bytes`
      throw new ConductError('FILE_UNREADABLE', `${size}, more than the ${bytesMaxOf(path)} that are read`, {
        details: { file: path },
      })
    },
  }
  return {
    tree: { files, read: async (path) => (isTooBig(path) ? null : read(path)) },
    survey: await surveyManifests(fileTree),
    gaps: [
      ...(committed === null
        ? [
            {
              repo,
              what: 'Nothing is committed there yet',
              remedy: 'Commit, then run conduct init --dry-run to see more',
            },
          ]
        : []),
      ...entries.flatMap(({ path, kind }) => gapOf(repo, { path, kind })),
    ],
  }
}

function gapOf(
  repo: string,
  { path, kind }: { readonly path: string; readonly kind: string },
): readonly Gap[] {
  if (kind === 'submodule') {
    const what = `${path} is a submodule, a repository of its own`
    return [{ repo, what, remedy: 'Name it, too, if releases travel through it' }]
  }
  if (kind !== 'link' || !manifests.test(path)) return []
  return [
    {
      repo,
      what: `${path} is a symbolic link, which is not followed`,
      remedy: 'Write what it says yourself',
    },
  ]
}
