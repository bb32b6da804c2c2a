import { ConductError } from '@conduct/core'
import { type Env, type NpmrcEntry, parseNpmrc } from '../manifests/npmrc.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { readPnpmWorkspace } from '../manifests/workspace.ts'
import type { FileTree } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'

const publicRegistry = 'https://registry.npmjs.org/'

export type RegistryOf = (manifest: Manifest) => string

/**
 * Where a package of this repository is published: its own `publishConfig`, else the repository's setting for
 * its scope, else the repository's registry, else the public one.
 *
 * @throws ConductError REGISTRY_UNDECIDED  the setting asks for a variable that is not set: taking the public
 *   registry instead would publish in the wrong place.
 */
export async function readRegistries(tree: FileTree, env: Env): Promise<RegistryOf> {
  const entries = parseNpmrc((await tree.readFile('.npmrc')) ?? '', env)
  const pnpm = asRecord((await readPnpmWorkspace(tree))['registries'])
  return (manifest) => {
    const scope = scopeOf(manifest.name ?? '')
    const own =
      (scope === null ? null : asText(manifest.publishConfig[`${scope}:registry`])) ??
      asText(manifest.publishConfig['registry'])
    if (own !== null) return normalizedRegistry(own)
    const scoped = scope === null ? null : (asText(pnpm[scope]) ?? valueOf(entries, `${scope}:registry`))
    return normalizedRegistry(
      scoped ?? asText(pnpm['default']) ?? valueOf(entries, 'registry') ?? publicRegistry,
    )
  }
}

export function scopeOf(packageName: string): string | null {
  const slash = packageName.indexOf('/')
  return packageName.startsWith('@') && slash > 0 ? packageName.slice(0, slash) : null
}

/** One spelling per registry: always ends with a slash. */
export function normalizedRegistry(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

/** A name as it stands in the addresses of a registry. */
export function encodedName(packageName: string): string {
  return encodeURIComponent(packageName).replace(/^%40/, '@').replace('%2F', '%2f')
}

function valueOf(entries: readonly NpmrcEntry[], key: string): string | null {
  const entry = entries.findLast((candidate) => candidate.key === key)
  if (entry === undefined) return null
  if (entry.unset.length > 0) {
    throw new ConductError(
      'REGISTRY_UNDECIDED',
      `.npmrc:${entry.line}: ${key} asks for ${entry.unset.join(', ')}, which is not set`,
      { details: { file: '.npmrc', line: entry.line, variables: entry.unset } },
    )
  }
  return entry.value
}
