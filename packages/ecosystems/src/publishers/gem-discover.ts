import path from 'node:path'
import { ConductError } from '@conduct/core'
import { isGemVersion } from '../manifests/gem-version.ts'
import { requirePublishable } from '../manifests/publishable.ts'
import { inPublishOrder } from '../manifests/publish-order.ts'
import type { DiscoveredPackage, FileTree } from '../ports.ts'
import { normalizedRegistry } from '../registry/registry-of.ts'

export const publicServer = 'https://rubygems.org/'

/** At the top, or one folder per gem below. */
const gemspecPattern = /^(?:[^/]+\/){0,2}[^/]+\.gemspec$/

/**
 * @throws ConductError FILE_UNREADABLE  name or version of one are computed in a way that cannot be read.
 *   PACKAGE_INVALID  they are none that a gem can have.
 */
export async function discoverGems(tree: FileTree): Promise<readonly DiscoveredPackage[]> {
  const files = (await tree.listFiles()).filter(isGemspec)
  const read = await Promise.all(files.map((file) => readGemspec(tree, file)))
  const members = new Map(read.map((one) => [one.name, one]))
  return inPublishOrder(
    read.map((one) => {
      const needs = one.needs.filter((need) => need !== one.name && members.has(need)).sort()
      // A requirement is often computed: that there is any version has to do.
      const siblings = needs.map((name) => ({
        name,
        registry: members.get(name)?.registry ?? one.registry,
        range: '*',
      }))
      return { ...one, needs, ...(siblings.length === 0 ? {} : { siblings }) }
    }),
  )
}

export function isGemspec(file: string): boolean {
  return gemspecPattern.test(file) && !/(?:^|\/)(?:spec|test|vendor|fixtures)\//.test(file)
}

/** @throws ConductError as `discoverGems` */
export async function readGemspec(tree: FileTree, file: string): Promise<DiscoveredPackage> {
  const text = ((await tree.readFile(file)) ?? '').replaceAll(/^\s*#.*$/gm, '')
  const name = fieldIn(text, 'name') ?? path.posix.basename(file, '.gemspec')
  const version = fieldIn(text, 'version') ?? (await versionConstant(tree, path.posix.dirname(file)))
  if (version === null || !isGemVersion(version)) {
    throw new ConductError('FILE_UNREADABLE', `${file}: its version cannot be read`, {
      hint: "Write it as a literal there, or as VERSION = '…' in one lib/**/version.rb below it.",
      details: { file },
    })
  }
  const host = /['"]allowed_push_host['"]\s*\]?\s*=>?\s*['"]([^'"]+)['"]/.exec(text)?.[1]
  const registry = normalizedRegistry(host !== undefined && URL.canParse(host) ? host : publicServer)
  requirePublishable({ name, version, registry, ecosystem: 'rubygems', file })
  return {
    name,
    version,
    directory: path.posix.dirname(file),
    isPrivate: false,
    registry,
    needs: [...text.matchAll(/\.add_(?:runtime_)?dependency\s*\(?\s*['"]([\w.-]+)['"]/g)].map(
      (match) => match[1] ?? '',
    ),
  }
}

function fieldIn(text: string, field: string): string | null {
  return new RegExp(String.raw`^\s*\w+\.${field}\s*=\s*(['"])([^'"#]+)\1`, 'm').exec(text)?.[2] ?? null
}

/** Several that differ say nothing. */
async function versionConstant(tree: FileTree, directory: string): Promise<string | null> {
  const base = directory === '.' ? '' : `${directory}/`
  const files = (await tree.listFiles()).filter(
    (file) => file.startsWith(`${base}lib/`) && file.endsWith('/version.rb'),
  )
  const texts = await Promise.all(files.map((file) => tree.readFile(file)))
  const found = texts.flatMap((text) => /\bVERSION\s*=\s*['"]([^'"]+)['"]/.exec(text ?? '')?.[1] ?? [])
  const [only, ...others] = [...new Set(found)]
  return others.length === 0 ? (only ?? null) : null
}
