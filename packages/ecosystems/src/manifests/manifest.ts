import { unreadable } from '../unreadable.ts'
import { asRecord, asText, asTexts, type UnknownRecord } from '../unknown.ts'
import type { FileTree } from '../ports.ts'

/** Fields of a package.json that name other packages with a range each. */
export const dependencyFields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const

type DependencyField = (typeof dependencyFields)[number]

/** One package.json: what we use of it, and its text for edits and line numbers. */
export interface Manifest {
  readonly path: string
  /** Folder, `.` for the top. */
  readonly directory: string
  readonly text: string
  readonly name: string | null
  readonly version: string | null
  readonly isPrivate: boolean
  readonly packageManager: string | null
  readonly workspaces: readonly string[]
  readonly scripts: ReadonlySet<string>
  readonly publishConfig: UnknownRecord
  readonly fields: UnknownRecord
  range(field: DependencyField, packageName: string): string | null
  ranges(field: DependencyField): ReadonlyMap<string, string>
}

/**
 * @returns null when there is no such file.
 * @throws ConductError FILE_UNREADABLE
 */
export async function readManifest(tree: FileTree, path: string): Promise<Manifest | null> {
  const text = await tree.readFile(path)
  return text === null ? null : parseManifest(path, text)
}

export function parseManifest(path: string, text: string): Manifest {
  const fields = asRecord(parsed(path, text))
  const ranges = (field: DependencyField): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(asRecord(fields[field])).flatMap(([name, range]) =>
        typeof range === 'string' ? [[name, range] as const] : [],
      ),
    )
  return {
    path,
    directory: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.',
    text,
    name: asText(fields['name']),
    version: asText(fields['version']),
    isPrivate: fields['private'] === true,
    packageManager: asText(fields['packageManager']),
    workspaces: workspacesOf(fields['workspaces']),
    scripts: new Set(Object.keys(asRecord(fields['scripts']))),
    publishConfig: asRecord(fields['publishConfig']),
    fields,
    ranges,
    range: (field, packageName) => ranges(field).get(packageName) ?? null,
  }
}

function workspacesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? asTexts(value) : asTexts(asRecord(value)['packages'])
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(path, error)
    throw error
  }
}
