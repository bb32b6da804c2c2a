import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileTreeOfFolder } from '../file-tree.ts'
import { pnpmWorkspaceFile, readPnpmWorkspace } from '../manifests/workspace.ts'
import { asRecord } from '../unknown.ts'

/**
 * A folder in which a client that carries credentials runs: it has of the repository's settings what says where
 * packages go and who may, and which version of the client is meant, and nothing that a client would run (pnpm's
 * `.pnpmfile`, `configDependencies` and `pnpmfile:`) or send its requests through (`proxy`).
 *
 * What is published was packed before, without credentials.
 */
export async function inClientRoom<Result>(
  worktree: string,
  use: (room: string) => Promise<Result>,
): Promise<Result> {
  const room = await mkdtemp(path.join(tmpdir(), 'conduct-client-'))
  try {
    await furnish(worktree, room)
    return await use(room)
  } finally {
    await rm(room, { recursive: true, force: true })
  }
}

/** Which version of Node or of a client answers, for those who switch by folder. */
const versionFiles = ['.node-version', '.nvmrc', '.tool-versions'] as const
const manifestFields = ['packageManager', 'devEngines', 'volta'] as const
const workspaceFields = [
  'registries',
  'pmOnFail',
  'managePackageManagerVersions',
  'packageManagerStrict',
  'packageManagerStrictVersion',
] as const

async function furnish(worktree: string, room: string): Promise<void> {
  const manifest = await jsonOf(path.join(worktree, 'package.json'))
  const workspace = picked(await readPnpmWorkspace(fileTreeOfFolder(worktree)), workspaceFields)
  // Without a manifest clients look for one above.
  await writeFile(path.join(room, 'package.json'), JSON.stringify(picked(manifest, manifestFields)))
  if (Object.keys(workspace).length > 0)
    await writeFile(path.join(room, pnpmWorkspaceFile), JSON.stringify(workspace))
  const npmrc = await textOf(path.join(worktree, '.npmrc'))
  await writeFile(path.join(room, '.npmrc'), settingsThatAddress(npmrc, worktree), { mode: 0o600 })
  for (const file of versionFiles)
    await copyFile(path.join(worktree, file), path.join(room, file)).catch(() => undefined)
}

const kept =
  /^(?:@[^:]+:)?registry$|^\/\/|^_auth|^_authToken|^_password|^(?:username|email|always-auth|access|provenance|ca|cafile|strict-ssl|fetch-timeout)$/
const files = /(?:^|:)(?:cafile|certfile|keyfile)$/

/** Pure: an .npmrc with nothing but addresses, identities and what makes a connection trusted. */
export function settingsThatAddress(npmrc: string, worktree: string): string {
  return npmrc
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, key = '', value = ''] = /^\s*["']?([^=\s"']+?)["']?\s*(?:\[\])?\s*=\s*(.*)$/.exec(line) ?? []
      if (!kept.test(key)) return []
      const isRelative = files.test(key) && /^[^/$~"']/.test(value)
      return [isRelative ? `${key}=${path.join(worktree, value.trim())}` : line]
    })
    .join('\n')
}

function picked(
  record: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => (record[field] === undefined ? [] : [[field, record[field]]])),
  )
}

async function jsonOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return asRecord(JSON.parse(await textOf(file)) as unknown)
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
