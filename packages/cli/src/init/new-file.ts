import { closeSync, lstatSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConductError, isConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import { configNames, findConfig } from '../estate/find-config.ts'
import { readWorktreeTop } from '../estate/worktree-top.ts'

/**
 * Where lanes.yaml goes: `-o`, else `-c`, else the top of the repository one stands in, else this folder.
 *
 * @throws ConductError USAGE  it was named twice, or in another repository.
 */
export function chooseTarget(context: CommandContext, output: string | undefined): string {
  const { cwd, global } = context
  if (output !== undefined && global.config !== undefined) {
    throw new ConductError('USAGE', 'init takes either -o or -c to say where lanes.yaml goes')
  }
  const named = output ?? global.config
  if (named === undefined) return join(readWorktreeTop(cwd) ?? cwd, configNames[0])
  if (named.startsWith('git+')) {
    throw new ConductError('USAGE', `init writes a file, and ${named} is in another repository`)
  }
  const path = resolve(cwd, named)
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, configNames[0]) : path
}

/**
 * @param options.folders where somebody will stand who goes by the new file: another that is found from there would win,
 *   or lose
 * @throws ConductError INIT_EXISTS
 */
export function requireNothingThere(options: {
  readonly target: string
  readonly folders: readonly string[]
}): void {
  const { target, folders } = options
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw exists(`${target} is there already`)
  for (const folder of new Set([dirname(target), ...folders])) {
    const found = configFrom(folder)
    if (found !== null) throw exists(`conduct goes by ${found} already in ${folder}`)
  }
}

function configFrom(folder: string): string | null {
  try {
    const location = findConfig({ cwd: folder })
    return location.kind === 'file' ? location.path : location.address
  } catch (error) {
    if (isConductError(error, 'CONFIG_NOT_FOUND')) return null
    if (isConductError(error, 'CONFIG_AMBIGUOUS')) return `one of two: ${error.message}`
    throw error
  }
}

/**
 * Creates the file, or does nothing: of two who write at the same time, one does.
 *
 * @throws ConductError INIT_EXISTS, OUTPUT_UNWRITABLE
 */
export function writeNewFile(path: string, text: string): void {
  const file = create(path)
  try {
    writeFileSync(file, text)
  } catch (cause) {
    // Ours, and worth nothing by half.
    rmSync(path, { force: true })
    throw new ConductError('OUTPUT_UNWRITABLE', `${path} cannot be written`, { cause })
  } finally {
    closeSync(file)
  }
}

function create(path: string): number {
  try {
    return openSync(path, 'wx')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw exists(`${path} was written by somebody else just now`, cause)
    }
    throw new ConductError('OUTPUT_UNWRITABLE', `${path} cannot be written`, { cause })
  }
}

function exists(message: string, cause?: unknown): ConductError {
  return new ConductError('INIT_EXISTS', message, cause === undefined ? {} : { cause })
}
