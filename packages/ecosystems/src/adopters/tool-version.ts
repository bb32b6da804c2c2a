import { isConductError } from '@conduct/core'
import type { Adopter } from '../ports.ts'
import { runTool, succeeded } from '../run-tool.ts'

const versionTimeoutMs = 60_000

/** What the manager calls itself in this worktree: some download the version a manifest asks for. */
export function toolVersion(
  tool: 'npm' | 'pnpm' | 'yarn' | 'bundle' | 'gem',
  {
    env = {},
    isOurs = () => true,
  }: {
    readonly env?: Readonly<Record<string, string>>
    /** Two generations of one tool share a name: the wrong one counts as missing. */
    readonly isOurs?: (version: string) => boolean
  } = {},
): Adopter['version'] {
  return async (context, worktree) => {
    try {
      const result = await runTool({
        argv: [tool, '--version'],
        cwd: worktree,
        timeoutMs: versionTimeoutMs,
        context,
        env,
      })
      const line = result.stdout.trim().split('\n').at(-1) ?? ''
      const version = line.replace(/^Bundler version /, '')
      return succeeded(result) && /^\d/.test(version) && isOurs(version) ? version : null
    } catch (error) {
      if (isConductError(error, 'COMMAND_NOT_FOUND')) return null
      throw error
    }
  }
}
