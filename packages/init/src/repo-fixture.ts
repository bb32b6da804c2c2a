import { surveyManifests } from '@conduct/ecosystems'
import type { RepoFacts, SourceTree } from './facts.ts'
import { lookAtRepo, type SourceRepo } from './look-at-repo.ts'

/** Path → text, or what becomes JSON; those in `bin/` are executable. */
export type Files = Readonly<Record<string, string | object>>

/** Only for tests: a repository held in memory, looked at as one that is committed. */
export async function repoOf(key: string, files: Files, more: Partial<SourceRepo> = {}): Promise<RepoFacts> {
  const texts = new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      typeof text === 'string' ? text : JSON.stringify(text),
    ]),
  )
  const read = async (path: string): Promise<string | null> => texts.get(path) ?? null
  const tree: SourceTree = {
    files: [...texts.keys()].map((path) => ({ path, isExecutable: path.startsWith('bin/') })),
    read,
  }
  return lookAtRepo({
    key,
    remote: `git@github.com:acme/${key}.git`,
    isUnshared: false,
    main: null,
    path: `../${key}`,
    isOnGithub: true,
    survey: await surveyManifests({ readFile: read, listFiles: async () => [...texts.keys()] }),
    tree,
    remotes: new Map(),
    gaps: [],
    ...more,
  })
}
