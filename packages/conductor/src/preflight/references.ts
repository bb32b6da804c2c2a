import type { Adopter, FileTree, UnpublishedReference } from '@conduct/ecosystems'
import type { Survey, TrainContext } from '../context.ts'

/**
 * Where a tree relies on something nobody can install: paths, branches, overrides, in manifests and lockfiles.
 * Every manager that recognises the tree is asked, and the consumer's own where none does.
 */
export async function findUnpublished(
  { adopters }: Pick<TrainContext, 'adopters'>,
  tree: FileTree,
  options: { readonly survey: Survey; readonly adopter: Adopter | null },
): Promise<readonly UnpublishedReference[]> {
  const packages = options.survey.artifacts.map(({ name }) => name)
  const matching: Adopter[] = []
  for (const adopter of adopters) {
    if (await adopter.matches(tree)) matching.push(adopter)
  }
  const asked = matching.length > 0 ? matching : options.adopter === null ? [] : [options.adopter]
  const found = await Promise.all(asked.map((adopter) => adopter.unpublishedReferences(tree, packages)))
  const unique = new Map(
    found.flat().map((one) => [`${one.file}:${one.line}:${one.package}:${one.reference}`, one]),
  )
  return [...unique.values()]
}

/** `package.json:7 @acme/engine file:../engine`. */
export function showReference({ file, line, package: name, reference }: UnpublishedReference): string {
  return `${line === 0 ? file : `${file}:${line}`} ${name} ${reference}`
}
