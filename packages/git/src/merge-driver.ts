import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GitCall, requireGit, runGit } from './run-git.ts'

const timeoutMs = 60_000

export interface MergeDriver {
  /** As `.gitattributes` names it. */
  readonly name: string
  /** For people who look into the configuration. */
  readonly title: string
  /** Run by a shell: `%O %A %B %P` stand for the base, ours, theirs and the path. */
  readonly command: string
  /** Of the files that it merges. */
  readonly patterns: readonly string[]
}

/**
 * Tells the repository of a folder about a merge driver: its configuration of this clone, and `.gitattributes`, which is
 * shared by a commit. Lines that are there stay as they are.
 *
 * @returns the lines that were added to `.gitattributes`, and where it is.
 * @throws ConductError GIT_FAILED  there is no repository, or it cannot be configured.
 */
export async function installMergeDriver(
  driver: MergeDriver,
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal },
): Promise<{ readonly attributes: string; readonly added: readonly string[] }> {
  const call = (...args: readonly string[]): GitCall => ({ cwd, args, timeoutMs, signal })
  const top = (await requireGit(call('rev-parse', '--show-toplevel'))).replace(/\n$/, '')
  await requireGit(call('config', '--local', `merge.${driver.name}.name`, driver.title))
  await requireGit(call('config', '--local', `merge.${driver.name}.driver`, driver.command))
  const attributes = join(top, '.gitattributes')
  const before = await readIfThere(attributes)
  const known = before.split(/\r?\n/).map((line) => line.trim())
  const added = driver.patterns
    .map((pattern) => `${pattern} merge=${driver.name}`)
    .filter((line) => !known.includes(line))
  if (added.length > 0) {
    const gap = before === '' || before.endsWith('\n') ? '' : '\n'
    await appendFile(attributes, `${gap}${added.join('\n')}\n`)
  }
  return { attributes, added }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/**
 * Git's own merge of three texts, into the file of ours: what a driver leaves behind where it does not merge.
 *
 * @returns how many conflicts are marked in it.
 * @throws ConductError GIT_FAILED  it is no text, or could not be written.
 */
export async function mergeTexts(
  files: Readonly<Record<'base' | 'ours' | 'theirs', string>>,
  options: {
    readonly cwd: string
    /** What the markers of the conflicts say. */
    readonly labels: Readonly<Record<'base' | 'ours' | 'theirs', string>>
    readonly markerSize?: number
    readonly signal?: AbortSignal
  },
): Promise<number> {
  const { labels, markerSize, cwd, signal } = options
  const names = [labels.ours, labels.base, labels.theirs].flatMap((label) => ['-L', label])
  const size = markerSize === undefined ? [] : [`--marker-size=${markerSize}`]
  const args = ['merge-file', ...names, ...size, '--', files.ours, files.base, files.theirs]
  const call: GitCall = { cwd, args, timeoutMs, signal }
  const result = await runGit(call)
  // Up to this many conflicts are its exit code; above stands what went wrong.
  if (result.exitCode > conflictsMax) await requireGit(call)
  return result.exitCode
}

const conflictsMax = 127
