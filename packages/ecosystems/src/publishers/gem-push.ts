import { ConductError } from '@conduct/core'
import type { CommandResult } from '@conduct/subprocess'
import type { Env } from '../manifests/npmrc.ts'
import { readGemCredentials } from '../registry/gem-credentials.ts'
import { runTool, stoppedBecause, succeeded } from '../run-tool.ts'
import { publishError, type PublishFailure } from './publish-failure.ts'
import type { PublishOptions } from '../ports.ts'

/** Publishes one gem file, create-only: a server refuses to take a version again. */
export function gemPusher(env: Env) {
  return async (options: PublishOptions): Promise<void> => {
    const { registry, name, version } = options.package
    const argv = ['gem', 'push', options.tarball, '--host', registry.replace(/\/+$/, '')]
    const credentials = await readGemCredentials(registry, env, options.context)
    if (credentials === null) {
      throw new ConductError('PUBLISH_AUTH', `there is no key for ${registry}, and no other is sent there`, {
        hint: `Log in with gem signin --host ${registry}, or name it in lanes.yaml (registry: ${registry}): GEM_HOST_API_KEY goes to what stands there, and to rubygems.org.`,
      })
    }
    const result = await runTool({
      argv,
      cwd: options.worktree,
      timeoutMs: options.timeoutMs,
      context: options.context,
      ...credentials,
    })
    if (succeeded(result)) return
    throw publishError(
      { subject: `${name}@${version}`, registry, tarball: options.tarball, argv, result },
      readPushFailure(result),
    )
  }
}

/** The client prints what the server answered, and nothing about its status. */
export function readPushFailure(result: CommandResult): PublishFailure {
  if (result.outcome !== 'exited') return { kind: 'unknown', status: null, message: stoppedBecause(result) }
  const lines = `${result.stderr}\n${result.stdout}`.trim().split('\n')
  const message = lines.filter((line) => !line.startsWith('Pushing gem to ')).join('\n')
  return { kind: kindOf(message), status: null, message }
}

function kindOf(text: string): PublishFailure['kind'] {
  if (/Repushing of gem versions is not allowed|already been pushed/i.test(text)) return 'conflict'
  if (/OTP|multi-?factor/i.test(text)) return 'otp'
  if (
    /Access Denied|invalid API key|no permission|do not have permission|credentials|non-interactive|not authorized|Unauthorized/i.test(
      text,
    )
  )
    return 'auth'
  // A new scope or an owner's confirmation is refused with a sentence of its own, and a reason to read.
  if (
    /^(?:There was a problem saving your gem|RubyGems\.org cannot process this gem|This gem could not be)/m.test(
      text,
    )
  )
    return 'refused'
  return 'unknown'
}
