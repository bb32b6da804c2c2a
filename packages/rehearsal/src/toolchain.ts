import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { ConductError } from '@conduct/core'
import { type CommandResult, type RunCommandOptions, runCommand } from '@conduct/subprocess'

/** No single command of a build takes longer than this. */
const stepTimeoutMs = 120_000
const outputBytesMax = 64 * 1024 * 1024

/** @throws ConductError REHEARSAL_TOOL_MISSING  naming every program that is not there. */
export async function requireTools(names: readonly string[], path?: string): Promise<void> {
  const missing = await missingTools(names, path)
  if (missing.length === 0) return
  throw new ConductError('REHEARSAL_TOOL_MISSING', `not on the PATH: ${missing.join(', ')}`, {
    details: { missing },
  })
}

/** Programs that are not there. */
export async function missingTools(
  names: readonly string[],
  path = process.env['PATH'] ?? '',
): Promise<readonly string[]> {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  const isThere = async (name: string): Promise<boolean> => {
    for (const folder of folders) {
      const found = await access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      )
      if (found) return true
    }
    return false
  }
  const found = await Promise.all(names.map(isThere))
  return names.filter((_, at) => found[at] === false)
}

/** Runs one step of a build. @throws ConductError REHEARSAL_STEP  with both streams. */
export async function runStep(
  argv: readonly string[],
  options: Pick<RunCommandOptions, 'cwd' | 'env' | 'stdin' | 'home'>,
): Promise<CommandResult> {
  const result = await runCommand({ argv }, { ...options, timeoutMs: stepTimeoutMs, outputBytesMax })
  if (result.exitCode === 0) return result
  const last = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1) ?? ''
  throw new ConductError('REHEARSAL_STEP', `${argv.join(' ')} (${result.outcome}): ${last}`, {
    details: { argv, cwd: options.cwd, stdout: result.stdout, stderr: result.stderr },
  })
}
