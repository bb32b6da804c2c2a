import type { FileTree, UnpublishedReference } from '../ports.ts'
import { dependencyFields, type Manifest } from './manifest.ts'
import { type Place, placesIn } from './places.ts'
import { pnpmWorkspaceFile, readWorkspace, type WorkspaceKind, yarnSettingsFile } from './workspace.ts'

/** Protocols and short forms by which a manifest takes a package from somewhere else than a registry. */
const elsewhere = [
  /^(?:file|link|portal|patch|exec|git|git\+\w+|github|gitlab|bitbucket|gist|https?|ssh):/,
  /^(?:\.{1,2}(?:\/|$)|~\/|\/)/,
  /^[\w.-]+@[\w.-]+:/,
  /^[\w.-]+\/[\w.-]+(?:#.*)?$/,
  /\.(?:tgz|tar\.gz|tar)$/,
]

export function isElsewhere(reference: string): boolean {
  return elsewhere.some((pattern) => pattern.test(reference))
}

/** Top keys that replace what others asked for, and those below `pnpm`. */
const replacingKeys = new Set(['overrides', 'resolutions', 'patchedDependencies'])

/**
 * Where the manifests of a workspace rely on something unpublished of these packages: paths, repositories,
 * `workspace:` without such a member, and whatever replaces the published package (overrides, resolutions,
 * patches). A replacement counts whatever it says, because it decides instead of the range that is adopted; only
 * npm's `$name`, which means that very range, does not.
 */
export async function manifestReferences(
  tree: FileTree,
  kind: WorkspaceKind,
  packages: readonly string[],
): Promise<readonly UnpublishedReference[]> {
  const manifests = await readWorkspace(tree, kind)
  const members = new Set(manifests.flatMap(({ name }) => name ?? []))
  const settings = kind === 'pnpm' ? await tree.readFile(pnpmWorkspaceFile) : null
  const yarnSettings = kind === 'yarn' ? await tree.readFile(yarnSettingsFile) : null
  return [
    ...manifests.flatMap((manifest) => inManifest(manifest, packages, members)),
    ...(settings === null
      ? []
      : [
          ...replacements({ file: pnpmWorkspaceFile, text: settings, packages }),
          ...catalogs({ file: pnpmWorkspaceFile, text: settings, packages }),
        ]),
    ...(yarnSettings === null ? [] : catalogs({ file: yarnSettingsFile, text: yarnSettings, packages })),
  ]
}

function inManifest(
  { path: file, text }: Manifest,
  packages: readonly string[],
  members: ReadonlySet<string>,
): readonly UnpublishedReference[] {
  if (!packages.some((name) => text.includes(name))) return []
  const wanted = placesIn({ file, text }, dependencyFields).flatMap((place) => {
    const name = place.path.at(-1) ?? ''
    if (!packages.includes(name)) return []
    const isOutOfPlace = place.value.startsWith('workspace:') && !members.has(name)
    const isAnother = place.value.startsWith('npm:') && !place.value.startsWith(`npm:${name}@`)
    return isOutOfPlace || isAnother || isElsewhere(place.value) ? [referenceAt(file, place, name)] : []
  })
  return [...wanted, ...replacements({ file, text, packages })]
}

interface Source {
  readonly file: string
  readonly text: string
  readonly packages: readonly string[]
}

function replacements({ file, text, packages }: Source): readonly UnpublishedReference[] {
  return placesIn({ file, text }, [...replacingKeys, 'pnpm']).flatMap((place) => {
    const at = place.path.findIndex((key) => replacingKeys.has(key))
    if (at === -1 || at > 1 || place.value.startsWith('$')) return []
    const name = subjectOf(place.path.slice(at + 1))
    return packages.includes(name) ? [referenceAt(file, place, name)] : []
  })
}

function catalogs({ file, text, packages }: Source): readonly UnpublishedReference[] {
  return placesIn({ file, text }, ['catalog', 'catalogs']).flatMap((place) => {
    const name = place.path.at(-1) ?? ''
    return packages.includes(name) && isElsewhere(place.value) ? [referenceAt(file, place, name)] : []
  })
}

/** `.` stands for the package it is below; otherwise the last key says whom it is about. */
function subjectOf(path: readonly string[]): string {
  const last = path.at(-1) ?? ''
  return selectedName(last === '.' ? (path.at(-2) ?? '') : last)
}

/** `a@^1`, `parent>a`, `**\/a`, `parent/a` → `a`. */
function selectedName(selector: string): string {
  const inner = selector.slice(selector.lastIndexOf('>') + 1)
  const named = /(?:^|\/)((?:@[^/@]+\/)?[^/@]+)(?:@[^/]*(?:\/.*)?)?$/.exec(inner)
  return named?.[1] ?? inner
}

function referenceAt(file: string, place: Place, name: string): UnpublishedReference {
  return { file, line: place.line, package: name, reference: place.value }
}
