import { readGemfileLock } from '../lockfiles/gemfile-lock.ts'
import { gemDeclarations, gemfileOf } from '../manifests/gemfile.ts'
import type { FileTree, UnpublishedReference } from '../ports.ts'
import { sourceOptions } from './gem-edits.ts'

/** Declarations with a path or a repository, then the lockfile's sections of such gems. */
export async function bundlerReferences(
  tree: FileTree,
  packages: readonly string[],
): Promise<readonly UnpublishedReference[]> {
  const file = (await gemfileOf(tree))?.gemfile ?? 'Gemfile'
  const text = (await tree.readFile(file)) ?? ''
  const declared = packages.flatMap((name) =>
    gemDeclarations(file, text, name).flatMap(({ line, arguments: args }) => {
      const elsewhere = args.find(({ key }) => key !== null && sourceOptions.has(key))
      return elsewhere === undefined ? [] : [{ file, line, package: name, reference: elsewhere.text }]
    }),
  )
  const lock = await readGemfileLock(tree)
  const locked = (lock?.sources ?? [])
    .filter(({ kind }) => kind !== 'GEM')
    .flatMap(({ kind, remotes, revision, gems }) =>
      gems
        .filter(({ name }) => packages.includes(name))
        .map(({ name, line }) => ({
          file: lock?.file ?? 'Gemfile.lock',
          line,
          package: name,
          reference: `${kind.toLowerCase()}: ${remotes.join(', ')}${revision === null ? '' : ` at ${revision}`}`,
        })),
    )
  return [...declared, ...locked]
}
