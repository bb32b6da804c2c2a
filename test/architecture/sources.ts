import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const repositoryRoot = path.resolve(import.meta.dirname, '../..')

export interface SourceFile {
  /** From the repository's top, with `/`. */
  readonly path: string
  /** Name of the folder under `packages/`, or `test`. */
  readonly package: string
  readonly text: string
  readonly isTest: boolean
  readonly imports: readonly string[]
}

const skippedFolders = new Set(['node_modules', 'dist', 'fixtures', 'docs'])
const importPattern = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)'([^'\n]+)'/g

/** Every TypeScript file of the workspace that people write. */
export function readSources(): readonly SourceFile[] {
  const packages = readdirSync(path.join(repositoryRoot, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  return [
    ...packages.flatMap((name) => walk(`packages/${name}`).map((file) => readSource(file, name))),
    ...walk('test').map((file) => readSource(file, 'test')),
  ]
}

export function readManifest(packageName: string): PackageManifest {
  const folder = packageName === 'test' ? 'test' : `packages/${packageName}`
  return JSON.parse(
    readFileSync(path.join(repositoryRoot, folder, 'package.json'), 'utf8'),
  ) as PackageManifest
}

export interface PackageManifest {
  readonly name: string
  readonly private?: boolean
  readonly license?: string
  readonly description?: string
  readonly imports?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly publishConfig?: {
    readonly exports?: Readonly<Record<string, unknown>>
    readonly imports?: Readonly<Record<string, string>>
  }
}

/** `@scope/name/inner` → `@scope/name`; null for relative, `node:` and `#` imports. */
export function packageOfImport(specifier: string): string | null {
  if (/^[.#]|^node:/.test(specifier)) return null
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function walk(folder: string): string[] {
  return readdirSync(path.join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${folder}/${entry.name}`
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(inside)
    return entry.name.endsWith('.ts') ? [inside] : []
  })
}

function readSource(file: string, packageName: string): SourceFile {
  const text = readFileSync(path.join(repositoryRoot, file), 'utf8')
  return {
    path: file,
    package: packageName,
    text,
    isTest: file.endsWith('.test.ts') || packageName === 'test',
    imports: [...text.matchAll(importPattern)].map((match) => match[1] ?? ''),
  }
}
