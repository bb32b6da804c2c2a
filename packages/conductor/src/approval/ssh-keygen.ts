import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConductError, isConductError } from '@conduct/core'
import type { CommandResult, RunCommand } from '@conduct/subprocess'

export interface SshKeygenOptions {
  readonly runCommand: RunCommand
  readonly signal: AbortSignal
}

/** Touching a hardware key or answering an agent's question takes a person a moment. */
export const signTimeoutMs = 2 * 60_000
const otherTimeoutMs = 30_000
/** What ssh-keygen needs of the environment to reach an agent, a hardware key or a dialog. */
const passEnv = [
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'SSH_ASKPASS_REQUIRE',
  'SSH_SK_PROVIDER',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
]

/**
 * Runs the real ssh-keygen over files in a private folder that is gone afterwards.
 *
 * @param options.files name → content; each argument that is such a name becomes its absolute path
 * @throws ConductError SSH_KEYGEN_MISSING: a signature that nobody can check is none
 */
export async function runSshKeygen(
  args: readonly string[],
  options: SshKeygenOptions & {
    readonly files?: Readonly<Record<string, string>>
    readonly stdin?: string
    readonly timeoutMs?: number
  },
): Promise<CommandResult> {
  const { files = {} } = options
  const folder = await mkdtemp(join(tmpdir(), 'conduct-ssh-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content, { mode: 0o600 })
    }
    const words = args.map((word) => (Object.hasOwn(files, word) ? join(folder, word) : word))
    return await options.runCommand(
      { argv: ['ssh-keygen', ...words] },
      {
        cwd: folder,
        timeoutMs: options.timeoutMs ?? otherTimeoutMs,
        signal: options.signal,
        passEnv,
        stdin: options.stdin ?? '',
      },
    )
  } catch (error) {
    if (!isConductError(error, 'COMMAND_NOT_FOUND')) throw error
    throw new ConductError('SSH_KEYGEN_MISSING', 'there is no ssh-keygen to sign or to check a signature', {
      cause: error,
    })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
