import semver from 'semver'
import { type PnpmLock, pnpmLockfile, readPnpmLock, splitKey } from '../lockfiles/pnpm-lock.ts'
import { isElsewhere, manifestReferences } from '../manifests/references.ts'
import { readWorkspace } from '../manifests/workspace.ts'
import type { FileTree, UnpublishedReference } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies']

/** Manifests and settings, then the lockfile: linked importers, and entries whose version is an address. */
export async function pnpmReferences(
  tree: FileTree,
  packages: readonly string[],
): Promise<readonly UnpublishedReference[]> {
  const lock = await readPnpmLock(tree)
  const members = new Set((await readWorkspace(tree, 'pnpm')).flatMap(({ name }) => name ?? []))
  return [
    ...(await manifestReferences(tree, 'pnpm', packages)),
    ...(lock === null ? [] : [...linked(lock, packages, members), ...addressed(lock, packages)]),
  ]
}

function linked(
  lock: PnpmLock,
  packages: readonly string[],
  members: ReadonlySet<string>,
): readonly UnpublishedReference[] {
  return Object.entries(asRecord(lock.content['importers'])).flatMap(([importer, value]) =>
    dependencyFields.flatMap((field) =>
      Object.entries(asRecord(asRecord(value)[field])).flatMap(([name, entry]) => {
        const version = asText(asRecord(entry)['version']) ?? ''
        const isLink = version.startsWith('link:') && !members.has(name)
        if (!packages.includes(name) || !isLink) return []
        const line = lineAfter(lock.text, [keyLine(importer), keyLine(name), `version: ${version}`])
        return [{ file: pnpmLockfile, line, package: name, reference: version }]
      }),
    ),
  )
}

function addressed(lock: PnpmLock, packages: readonly string[]): readonly UnpublishedReference[] {
  return Object.entries(asRecord(lock.content['packages'])).flatMap(([key, value]) => {
    const split = splitKey(key)
    if (split === null || !packages.includes(split.name)) return []
    const resolution = asRecord(asRecord(value)['resolution'])
    const isPublished = semver.valid(split.version) !== null
    const isFromRepository = ['git', 'directory'].includes(asText(resolution['type']) ?? '')
    if (isPublished && !isFromRepository && !isElsewhere(split.version)) return []
    const line = lineAfter(lock.text, ['packages:', keyLine(key)])
    return [{ file: pnpmLockfile, line, package: split.name, reference: split.version }]
  })
}

function keyLine(key: string): string {
  return `${key}:`
}

/** The line of the last text, looked for after the one before it; 0 when the file is laid out otherwise. */
function lineAfter(text: string, needles: readonly string[]): number {
  const lines = text.split('\n')
  let at = -1
  for (const needle of needles) {
    at = lines.findIndex((line, index) => index > at && line.trim().replaceAll(/^'|'(?=:)/g, '') === needle)
    if (at === -1) return 0
  }
  return at + 1
}
