import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileTreeOfFolder } from '../file-tree.ts'
import type { GemfileLock } from '../lockfiles/gemfile-lock.ts'
import { gemfileOf } from '../manifests/gemfile.ts'

/** Instead of the repository's `.bundle`. */
const ownFolder = '.conduct-bundle'

export const bundlerEnv = {
  BUNDLE_APP_CONFIG: ownFolder,
  // Code of the repository that would run besides its Gemfile.
  BUNDLE_PLUGINS: 'false',
  BUNDLE_DISABLE_VERSION_CHECK: 'true',
  BUNDLE_IGNORE_MESSAGES: 'true',
}

const settingsFile = '.bundle/config'

/** Where to fetch from, and as whom; everything else decides how a run behaves, or where it writes. */
function isFollowed(line: string): boolean {
  const key = /^(BUNDLE_\w+):/.exec(line)?.[1] ?? ''
  return (
    key.startsWith('BUNDLE_SSL_') || (key.includes('__') && !/^BUNDLE_(?:LOCAL|PLUGINS|BUILD)__/.test(key))
  )
}

export async function writeOwnBundlerSettings(worktree: string): Promise<void> {
  const text = (await fileTreeOfFolder(worktree).readFile(settingsFile)) ?? ''
  const followed = text.split('\n').filter(isFollowed)
  await mkdir(path.join(worktree, ownFolder), { recursive: true })
  await writeFile(path.join(worktree, ownFolder, 'config'), ['---', ...followed, ''].join('\n'))
}

const bundledWith = /\n*BUNDLED WITH\r?\n[^\n]*\n?/

/** A bundler that reads another version there installs that version on this machine and hands over to it. */
export async function forgetBundlerVersion(worktree: string): Promise<void> {
  const names = await gemfileOf(fileTreeOfFolder(worktree))
  if (names === null) return
  const file = path.join(worktree, names.lockfile)
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text !== null) await writeFile(file, text.replace(bundledWith, '\n'))
}

/** Which bundler locked last is not ours to change. */
export async function restoreBundlerVersion(worktree: string, before: GemfileLock): Promise<void> {
  const file = path.join(worktree, before.file)
  const section = bundledWith.exec(before.text)?.[0] ?? ''
  const text = (await readFile(file, 'utf8')).replace(bundledWith, '').replace(/\n*$/, '')
  await writeFile(file, section === '' ? `${text}\n` : `${text}\n\n${section.trimStart()}`)
}
