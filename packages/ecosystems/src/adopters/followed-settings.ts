import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseDocument } from 'yaml'
import { fileTreeOfFolder } from '../file-tree.ts'
import { parseNpmrc } from '../manifests/npmrc.ts'
import { pnpmWorkspaceFile } from '../manifests/workspace.ts'
import type { EcosystemContext } from '../ports.ts'
import { asRecord } from '../unknown.ts'
import { parseYamlText } from '../yaml-text.ts'

/**
 * A repository's settings say where packages come from and how they are resolved, and that is followed. They may also
 * name programs, and places outside of the worktree: those lines are left out while we run.
 */
export type FollowedSettings = (
  worktree: string,
  context: EcosystemContext,
) => Promise<ReadonlyMap<string, string>>

const npmrcFile = '.npmrc'
const yarnrcFile = '.yarnrc'

/** What runs a program, says where things are written, or decides whether anything is. */
const npmrcNotFollowed = new Set(
  (
    'cache cache-dir state-dir store-dir logs-dir prefix tmp userconfig globalconfig global-dir global-bin-dir ' +
    'git shell script-shell node-options editor viewer browser init-module onload-script npm-path pnpmfile ' +
    'global-pnpmfile modules-dir virtual-store-dir lockfile-dir use-node-version ignore-scripts dry-run ' +
    'package-lock package-lock-only lockfile shrinkwrap frozen-lockfile global location workspace workspaces ' +
    'yarn-offline-mirror'
  ).split(' '),
)

/** Read, never written or run. */
const isCredential = /(?:_auth|_authToken|_password|username|cafile|certfile|keyfile|^ca|^cert|^key)$/

export function followedNpmrc(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const lines = text.split(/\r?\n/)
  const left = new Set(
    parseNpmrc(text, env).flatMap(({ key, value, line, unset }) =>
      npmrcNotFollowed.has(key) || unset.length > 0 || (!isCredential.test(key) && leavesWorktree(value))
        ? [line]
        : [],
    ),
  )
  return lines.filter((_, index) => !left.has(index + 1)).join('\n')
}

const yarnrcFollowed =
  /^"?(?:@[^"\s]+:registry|registry|strict-ssl|ca|cafile|https?-proxy|proxy|network-timeout|network-concurrency|child-concurrency|save-prefix|workspaces-experimental|unsafe-disable-integrity-migration)"?\s/

/** yarn 1: its flags (`--modules-folder`), the yarn that a repository brings along and offline mirrors are left out. */
export function followedYarnrc(text: string): string {
  return `${text
    .split(/\r?\n/)
    .filter((line) => yarnrcFollowed.test(line))
    .join('\n')}\n`
}

const pnpmNotFollowed = new Set(
  (
    'storeDir cacheDir stateDir globalDir globalBinDir globalPnpmfile npmrcAuthFile scriptShell shellEmulator ' +
    'nodeOptions useNodeVersion npmPath lockfileDir lockfile frozenLockfile preferFrozenLockfile ' +
    'dangerouslyAllowAllBuilds ignoreScripts'
  ).split(' '),
)

/**
 * Catalogs, overrides, hooks of the repository's own pnpmfile stay: without them the lockfile would be another one.
 *
 * @throws ConductError FILE_UNREADABLE
 */
export function followedPnpmWorkspace(text: string): string {
  const fields = asRecord(parseYamlText(pnpmWorkspaceFile, text))
  const left = Object.entries(fields).filter(
    ([key, value]) => pnpmNotFollowed.has(key) || (typeof value === 'string' && leavesWorktree(value)),
  )
  if (left.length === 0) return text
  const document = parseDocument(text, { logLevel: 'error' })
  for (const [key] of left) document.delete(key)
  return document.toString()
}

/** Also what a shell or a package manager would make one of. */
export function leavesWorktree(value: string): boolean {
  return path.isAbsolute(value) || /^~|^\$\{?HOME|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(value)
}

const followed: Readonly<
  Record<string, (text: string, env: Readonly<Record<string, string | undefined>>) => string>
> = {
  [npmrcFile]: followedNpmrc,
  [yarnrcFile]: followedYarnrc,
  [pnpmWorkspaceFile]: followedPnpmWorkspace,
}

export function followedSettings(...files: readonly (keyof typeof followed)[]): FollowedSettings {
  return async (worktree, { passEnv = [] }) => {
    const tree = fileTreeOfFolder(worktree)
    const env = Object.fromEntries(passEnv.map((name) => [name, process.env[name]]))
    const texts = await Promise.all(
      files.map(async (file) => {
        const text = await tree.readFile(file)
        const kept = text === null ? null : followed[file]?.(text, env)
        return kept === null || kept === undefined || kept === text ? [] : [[file, kept] as const]
      }),
    )
    return new Map(texts.flat())
  }
}

export async function writeSettings(worktree: string, texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of texts) await writeFile(path.join(worktree, file), text)
}

/** Runs with other texts in these files, and puts back what stood there, unless somebody else wrote meanwhile. */
export async function withSettings<Result>(
  worktree: string,
  texts: ReadonlyMap<string, string>,
  work: () => Promise<Result>,
): Promise<Result> {
  const tree = fileTreeOfFolder(worktree)
  const originals = await Promise.all(
    [...texts.keys()].map(async (file) => [file, await tree.readFile(file)] as const),
  )
  await writeSettings(worktree, texts)
  try {
    return await work()
  } finally {
    for (const [file, original] of originals) {
      const target = path.join(worktree, file)
      const now = await readFile(target, 'utf8').catch(() => null)
      if (now !== texts.get(file)) continue
      if (original === null) await rm(target, { force: true })
      else await writeFile(target, original)
    }
  }
}
