import path from 'node:path'
import { ConductError } from '@conduct/core'
import type { Env } from '../manifests/npmrc.ts'
import type { Publisher } from '../ports.ts'
import { readCredentials } from '../registry/credentials.ts'
import { describeResult, runTool, succeeded } from '../run-tool.ts'
import { inClientRoom } from './client-room.ts'

const whoAmITimeoutMs = 60_000

/** How each client says that nobody is logged in; pnpm cannot read the empty object some registries answer. */
const nobody = /\bENEEDAUTH\b|\bE401\b|\bE403\b|WHOAMI_UNAUTHORIZED|missing field `username`/

/** npm by itself waits 70 seconds for a registry that is not there. */
const shortPatience = ['--fetch-retries=1', '--fetch-retry-mintimeout=500']

/** From its cache npm says who somebody was, where the registry gives no answer. */
function nothingKept(room: string): readonly string[] {
  return [`--cache=${path.join(room, 'cache')}`, '--logs-max=0']
}

/** @throws ConductError REGISTRY_UNREACHABLE  the registry did not say. */
export function whoAmIWith(tool: 'npm' | 'pnpm', env: Env): Publisher['whoAmI'] {
  return async ({ registry, worktree, context }) => {
    const credentials = await readCredentials({ worktree, env, registry, granted: context })
    const asked = [tool, 'whoami', `--registry=${registry}`]
    const result = await inClientRoom(worktree, (cwd) => {
      const argv = tool === 'npm' ? [...asked, ...shortPatience, ...nothingKept(cwd)] : asked
      return runTool({ argv, cwd, timeoutMs: whoAmITimeoutMs, context, ...credentials })
    })
    const name = result.stdout.trim().split('\n').at(-1) ?? ''
    if (succeeded(result) && name !== '') return name
    if (nobody.test(result.stderr)) return null
    throw new ConductError('REGISTRY_UNREACHABLE', `${registry} did not say who we are`, {
      details: describeResult(asked, result),
    })
  }
}
