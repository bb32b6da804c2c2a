import path from 'node:path'
import type { FileTree } from '../ports.ts'
import { asRecord, asTexts, type UnknownRecord } from '../unknown.ts'
import { parseYamlText } from '../yaml-text.ts'
import { type Manifest, readManifest } from './manifest.ts'

export const pnpmWorkspaceFile = 'pnpm-workspace.yaml'

/** Where both generations of yarn are alike: only the newer one has this file, with catalogs. */
export const yarnSettingsFile = '.yarnrc.yml'

export type WorkspaceKind = 'npm' | 'pnpm' | 'yarn'

/** The top manifest first, then the members the workspace declares, by path. */
export async function readWorkspace(tree: FileTree, kind: WorkspaceKind): Promise<readonly Manifest[]> {
  const top = await readManifest(tree, 'package.json')
  const paths = await workspaceMembers(tree, kind, top)
  const members = await Promise.all(paths.map((file) => readManifest(tree, file)))
  return [top, ...members].filter((manifest) => manifest !== null)
}

/** Paths of the manifests below the top that the workspace declares. @throws ConductError FILE_UNREADABLE */
export async function workspaceMembers(
  tree: FileTree,
  kind: WorkspaceKind,
  top: Manifest | null,
): Promise<readonly string[]> {
  const patterns =
    kind === 'pnpm' ? asTexts((await readPnpmWorkspace(tree))['packages']) : (top?.workspaces ?? [])
  return patterns.length === 0 ? [] : memberPaths(await tree.listFiles(), patterns)
}

/** The settings of pnpm-workspace.yaml; empty when there is none. @throws ConductError FILE_UNREADABLE */
export async function readPnpmWorkspace(tree: FileTree): Promise<UnknownRecord> {
  const text = await tree.readFile(pnpmWorkspaceFile)
  return text === null ? {} : asRecord(parseYamlText(pnpmWorkspaceFile, text))
}

/** Manifests below the top that some pattern takes and no `!` pattern leaves out. */
function memberPaths(files: readonly string[], patterns: readonly string[]): readonly string[] {
  const taken = patterns.filter((pattern) => !pattern.startsWith('!')).map(normalized)
  const leftOut = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((text) => normalized(text.slice(1)))
  return files.filter((file) => {
    if (!file.endsWith('/package.json') || file.split('/').includes('node_modules')) return false
    const directory = path.posix.dirname(file)
    const isIn = (pattern: string): boolean => path.posix.matchesGlob(directory, pattern)
    return taken.some(isIn) && !leftOut.some(isIn)
  })
}

function normalized(pattern: string): string {
  return pattern.replace(/^\.?\//, '').replace(/\/+$/, '')
}
