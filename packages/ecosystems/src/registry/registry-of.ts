import { ConductError } from '@conduct/core'
import { type Env, type NpmrcEntry, parseNpmrc } from '../manifests/npmrc.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { readPnpmWorkspace } from '../manifests/workspace.ts'
import type { FileTree } from '../ports.ts'
import { asRecord, asText } from '../unknown.ts'
import { refusedError, registryEnv } from './refused-variables.ts'

export const publicRegistry = 'https://registry.npmjs.org/'

export type RegistryOf = (manifest: Manifest) => string

/**
 * Where a package of this repository is published: its own `publishConfig`, else the repository's setting for
 * its scope, else the repository's registry, else the public one.
 *
 * @throws ConductError REGISTRY_UNDECIDED  the setting asks for a variable that is not set: taking the public
 *   registry instead would publish in the wrong place.
 * @throws ConductError SETTINGS_VARIABLE_REFUSED  it is set, and was not given to this repository: an address is
 *   sent, and printed.
 */
export async function readRegistries(options: {
  readonly tree: FileTree
  readonly env: Env
  readonly passEnv: readonly string[]
}): Promise<RegistryOf> {
  const { tree, env } = options
  const entries = parseNpmrc((await tree.readFile('.npmrc')) ?? '', registryEnv(env, options.passEnv))
  const valueOf = (key: string): string | null => {
    const entry = entries.findLast((candidate) => candidate.key === key)
    if (entry !== undefined) requireDecided(entry, env)
    return entry?.value ?? null
  }
  const pnpm = asRecord((await readPnpmWorkspace(tree))['registries'])
  return (manifest) => {
    const scope = scopeOf(manifest.name ?? '')
    const own =
      (scope === null ? null : asText(manifest.publishConfig[`${scope}:registry`])) ??
      asText(manifest.publishConfig['registry'])
    if (own !== null) return normalizedRegistry(own)
    const scoped = scope === null ? null : (asText(pnpm[scope]) ?? valueOf(`${scope}:registry`))
    return normalizedRegistry(scoped ?? asText(pnpm['default']) ?? valueOf('registry') ?? publicRegistry)
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

function requireDecided({ key, line, unset }: NpmrcEntry, env: Env): void {
  if (unset.length === 0) return
  const refused = unset.filter((name) => env[name] !== undefined)
  const file = '.npmrc'
  if (refused.length > 0)
    throw refusedError(refused.map((variable) => ({ file, line, setting: key, variable })))
  throw new ConductError(
    'REGISTRY_UNDECIDED',
    `${file}:${line}: ${key} asks for ${unset.join(', ')}, which is not set`,
    { details: { file, line, variables: unset } },
  )
}
