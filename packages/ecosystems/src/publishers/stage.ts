import semver from 'semver'
import { ConductError } from '@conduct/core'
import type { Env } from '../manifests/npmrc.ts'
import type { EcosystemContext, Staging } from '../ports.ts'
import { readAuthorizations } from '../registry/authorization.ts'
import { integrityOfStaged, observeStaged, stageIdPattern } from '../registry/staged.ts'
import { runTool, succeeded } from '../run-tool.ts'
import { asRecord, asText } from '../unknown.ts'
import { tarballPublisher } from './publish-tarball.ts'

const versionTimeoutMs = 60_000

/** First versions that can stage, and the first that approves several with one proof of presence. */
const clients = {
  npm: { stagesFrom: '11.15.0', approvesManyFrom: null },
  pnpm: { stagesFrom: '11.3.0', approvesManyFrom: '12.0.0' },
} as const

export interface StagingClient {
  readonly tool: keyof typeof clients
  readonly argvOf: (tarball: string) => readonly string[]
  readonly scopedRegistryFlag: (scope: string) => string
  readonly env: Env
}

/**
 * npm's staged publishing with the given client: `stage publish` by us, `stage approve` by a person.
 *
 * Source: docs.npmjs.com/staged-publishing, npm's API description (registry.npmjs.com/stage.yaml), pnpm.io/cli/stage;
 * read in November 2026.
 */
export function stagingWith({ tool, env, ...client }: StagingClient): Staging {
  const publish = tarballPublisher({ ...client, env })
  return {
    stage: async (options) => ({ id: stageIdIn(await publish(options)) }),
    observe: async (options) =>
      observeStaged({ ...options, authorizationOf: await readAuthorizations(env, options) }),
    integrity: async (options) =>
      integrityOfStaged({ ...options, authorizationOf: await readAuthorizations(env, options) }),
    approveCommands: async ({ ids, registry, ...where }) => {
      const { approvesManyFrom } = clients[tool]
      const version = approvesManyFrom === null ? null : await versionOf(tool, where)
      const takesMany = version !== null && approvesManyFrom !== null && semver.gte(version, approvesManyFrom)
      const place = `--registry=${registry}`
      return takesMany
        ? [[tool, 'stage', 'approve', ...ids, place]]
        : ids.map((id) => [tool, 'stage', 'approve', id, place])
    },
    rejectCommand: ({ id, registry }) => [tool, 'stage', 'reject', id, `--registry=${registry}`],
    client: async (where) => {
      const { stagesFrom } = clients[tool]
      const version = await versionOf(tool, where)
      if (version === null) return { isAble: false, text: `no ${tool} that says its version` }
      const isAble = semver.gte(version, stagesFrom)
      return {
        isAble,
        text: isAble ? `${tool} ${version} can stage` : `${tool} ${version} cannot stage; ${stagesFrom} can`,
      }
    },
  }
}

/** Both clients print one object per package, under its name, with the id among the rest. */
export function stageIdIn(stdout: string): string | null {
  const at = stdout.startsWith('{') ? 0 : stdout.lastIndexOf('\n{\n') + 1
  try {
    const [printed] = Object.values(asRecord(JSON.parse(stdout.slice(at)) as unknown))
    const id = asText(asRecord(printed)['stageId'])
    return id !== null && stageIdPattern.test(id) ? id : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

async function versionOf(
  tool: string,
  { worktree, context }: { readonly worktree: string; readonly context: EcosystemContext },
): Promise<string | null> {
  try {
    const argv = [tool, '--version']
    const result = await runTool({ argv, cwd: worktree, timeoutMs: versionTimeoutMs, context })
    return succeeded(result) ? semver.valid(result.stdout.trim().split('\n').at(-1) ?? '') : null
  } catch (error) {
    if (error instanceof ConductError && error.code === 'COMMAND_NOT_FOUND') return null
    throw error
  }
}
