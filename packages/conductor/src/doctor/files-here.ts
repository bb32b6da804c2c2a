import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { LanesConfig, Repo } from '@conduct/config'
import { fileTreeOfFolder, type FileTree } from '@conduct/ecosystems'
import { peekMirror } from '@conduct/git'

/** What every look of the doctor starts from. */
export interface Looking {
  readonly config: LanesConfig
  readonly configPath: string
  readonly cacheDir: string
  readonly signal: AbortSignal
}

/** The files of a declared repo as far as this machine has them; disposing removes what was made for it. */
export interface FilesHere extends AsyncDisposable {
  readonly tree: FileTree
  /** The checkout itself, or a private folder with only the settings of the repository. */
  readonly folder: string
  readonly isCheckout: boolean
}

/** What decides about registries and about which program answers. */
const settingsFiles = ['.npmrc', 'package.json', 'pnpm-workspace.yaml']

/** The declared checkout as it stands, else main as its mirror fetched it last; null: neither is here. */
export async function filesHere(repo: Repo, looking: Looking): Promise<FilesHere | null> {
  const { configPath, cacheDir, signal } = looking
  const checkout = repo.path === null ? null : resolve(dirname(configPath), repo.path)
  if (checkout !== null && (await stat(checkout).catch(() => null))?.isDirectory() === true) {
    const tree = fileTreeOfFolder(checkout)
    return { tree, folder: checkout, isCheckout: true, [Symbol.asyncDispose]: async () => undefined }
  }
  const mirrors = join(cacheDir, 'mirrors')
  const tree = await peekMirror({ cacheDir: mirrors, remote: repo.remote, main: repo.main, signal })
  if (tree === null) return null
  const folder = await mkdtemp(join(tmpdir(), 'conduct-look-'))
  for (const file of settingsFiles) {
    const text = await tree.readFile(file)
    if (text !== null) await writeFile(join(folder, file), text)
  }
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  return { tree, folder, isCheckout: false, [Symbol.asyncDispose]: remove }
}
