import { nameOf, type PackageLock, readPackageLock } from '../lockfiles/package-lock.ts'
import { isElsewhere, manifestReferences } from '../manifests/references.ts'
import { readWorkspace } from '../manifests/workspace.ts'
import type { FileTree, UnpublishedReference } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'

const dependencyFields = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies']

/** Manifests, then the lockfile: an address in either is what gets installed somewhere. */
export async function npmReferences(
  tree: FileTree,
  packages: readonly string[],
): Promise<readonly UnpublishedReference[]> {
  const lock = await readPackageLock(tree)
  const members = new Set((await readWorkspace(tree, 'npm')).map(({ directory }) => directory))
  return [
    ...(await manifestReferences(tree, 'npm', packages)),
    ...(lock === null ? [] : [...installed(lock, packages, members), ...askedByOthers(lock, packages)]),
  ]
}

function installed(
  lock: PackageLock,
  packages: readonly string[],
  members: ReadonlySet<string>,
): readonly UnpublishedReference[] {
  return Object.entries(lock.packages).flatMap(([folder, value]) => {
    const entry = asRecord(value)
    const name = nameOf(folder, entry)
    if (name === null || !packages.includes(name)) return []
    // Version 1 writes the address where the others write the version.
    const from = asText(entry['resolved']) ?? asText(entry['version']) ?? ''
    const isLink = entry['link'] === true && !members.has(from)
    const isAddress = isElsewhere(from) && !/^https?:/.test(from)
    return isLink || isAddress
      ? [found(lock, { name, folder, key: 'resolved', reference: isLink ? `link:${from}` : from })]
      : []
  })
}

/** A tarball from somewhere on the web looks like a registry's; who asks for it by address gives it away. */
function askedByOthers(lock: PackageLock, packages: readonly string[]): readonly UnpublishedReference[] {
  return Object.entries(lock.packages).flatMap(([folder, value]) =>
    folder.includes('node_modules/')
      ? dependencyFields.flatMap((field) =>
          Object.entries(asRecord(asRecord(value)[field])).flatMap(([name, wanted]) =>
            packages.includes(name) && typeof wanted === 'string' && isElsewhere(wanted)
              ? [found(lock, { name, folder, key: name, reference: wanted })]
              : [],
          ),
        )
      : [],
  )
}

interface Found {
  readonly name: string
  readonly folder: string
  readonly key: string
  readonly reference: string
}

function found(lock: PackageLock, { name, folder, key, reference }: Found): UnpublishedReference {
  const inVersion1 = lock.text.indexOf(`${JSON.stringify(name)}: {`)
  const at = lock.text.indexOf(`${JSON.stringify(folder)}: {`)
  const start = at === -1 ? inVersion1 : at
  const inside = lock.text.indexOf(`${JSON.stringify(key)}: ${JSON.stringify(reference)}`, start)
  const place = inside === -1 ? start : inside
  const line = place === -1 ? 0 : lock.text.slice(0, place).split('\n').length
  return { file: lock.file, line, package: name, reference }
}
