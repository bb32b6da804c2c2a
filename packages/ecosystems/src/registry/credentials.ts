import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { type Env, type NpmrcEntry, parseNpmrc, placeholdersOf } from '../manifests/npmrc.ts'
import type { RefusedVariable } from '../ports.ts'
import type { Granted } from '../ports.ts'
import { networkEnv, type RunToolOptions } from '../run-tool.ts'
import {
  allowedEnv,
  picked,
  refusedError,
  refusedVariables,
  registryEnv,
  settingsFiles,
  tokenEnv,
} from './refused-variables.ts'
import { isForTokenPlace, mayHaveToken } from './token-places.ts'

/** What trusted publishing and provenance read of the CI system they run in. */
const identityEnv = (
  'ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN GITHUB_ACTIONS RUNNER_ENVIRONMENT ' +
  'GITHUB_REPOSITORY GITHUB_REPOSITORY_ID GITHUB_REPOSITORY_OWNER_ID GITHUB_SERVER_URL GITHUB_REF GITHUB_SHA ' +
  'GITHUB_RUN_ID GITHUB_RUN_ATTEMPT GITHUB_WORKFLOW_REF GITHUB_EVENT_NAME GITLAB_CI CI_PROJECT_URL ' +
  'CI_COMMIT_SHA NPM_ID_TOKEN SIGSTORE_ID_TOKEN'
).split(' ')

/** Switches by which a CI system asks for provenance; they are passed on, never stripped and never added. */
const provenanceEnv = ['NPM_CONFIG_PROVENANCE', 'npm_config_provenance', 'PNPM_CONFIG_PROVENANCE']

const secretKey = /(?:_authToken|_auth|_password|:keyfile|^otp)$/

/** The parts of a run that carry the user's own npm configuration. */
export type Credentials = Required<Pick<RunToolOptions, 'home' | 'env' | 'secrets'>>

/**
 * The user's own npm configuration: their home, the configuration file they chose, the usual token variables,
 * and whatever variables that file asks for.
 *
 * For `publish` and `whoAmI` only. Every value that is a secret is redacted from what the command prints.
 *
 * @param options.registry where the client goes: the usual token variables are there only where they may go, too.
 * @param options.granted what the repository's own settings may ask for.
 * @throws ConductError SETTINGS_VARIABLE_REFUSED  they ask for another one.
 */
export async function readCredentials(options: {
  readonly worktree: string
  readonly env: Env
  readonly registry: string
  readonly granted: Granted
}): Promise<Credentials> {
  const { worktree, env, registry, granted } = options
  const { declaredRegistries: declared = [] } = granted
  const refused = await readRefusedVariables((file) => textOf(path.join(worktree, file)), { env, granted })
  if (refused.length > 0) throw refusedError(refused)
  const userconfig = userconfigOf(env)
  const home = env['HOME'] ?? homedir()
  const own = await textOf(userNpmrc(env))
  const entries = [...parseNpmrc(own, env), ...(await readRepositoryNpmrc(worktree, env, granted))]
  const secrets = [
    ...entries.filter((entry) => secretKey.test(entry.key)).map((entry) => entry.value),
    ...tokenEnv.map((name) => env[name] ?? ''),
  ]
  return {
    home,
    env: {
      ...picked(env, [
        ...(mayHaveToken(registry, { declared }) ? tokenEnv : []),
        ...identityEnv,
        ...provenanceEnv,
        ...placeholdersOf(own),
      ]),
      ...(userconfig === undefined ? {} : { NPM_CONFIG_USERCONFIG: userconfig }),
    },
    secrets: [...new Set(secrets.filter((secret) => secret.length >= secretLengthMin))],
  }
}

/** What settings of a repository ask for, and must not get. */
export async function readRefusedVariables(
  textOfFile: (file: string) => Promise<string | null>,
  { env, granted }: { readonly env: Env; readonly granted: Granted },
): Promise<readonly RefusedVariable[]> {
  const own = placeholdersOf(await textOf(userNpmrc(env)))
  const texts = await Promise.all(
    settingsFiles.map(async (file) => [file, (await textOfFile(file)) ?? ''] as const),
  )
  const { passEnv = [], declaredRegistries: declared = [] } = granted
  const held = [...identityEnv, ...networkEnv, ...own]
  return refusedVariables(new Map(texts), { env, passEnv, declared, held })
}

/** The user's own npm configuration, with its variables filled in. */
export async function readUserNpmrc(env: Env): Promise<readonly NpmrcEntry[]> {
  return parseNpmrc(await textOf(userNpmrc(env)), env)
}

/** The repository's own npm configuration, with the variables filled in that each entry may ask for. */
export async function readRepositoryNpmrc(
  worktree: string,
  env: Env,
  { passEnv = [], declaredRegistries: declared = [] }: Granted,
): Promise<readonly NpmrcEntry[]> {
  const text = await textOf(path.join(worktree, '.npmrc'))
  const withoutTokens = parseNpmrc(text, registryEnv(env, passEnv))
  return parseNpmrc(text, allowedEnv(env, passEnv)).map((entry, index) =>
    isForTokenPlace(entry.key, { declared }) ? entry : (withoutTokens[index] ?? entry),
  )
}

function userNpmrc(env: Env): string {
  return userconfigOf(env) ?? path.join(env['HOME'] ?? homedir(), '.npmrc')
}

function userconfigOf(env: Env): string | undefined {
  return env['NPM_CONFIG_USERCONFIG'] ?? env['npm_config_userconfig']
}

/** Redacting a shorter text would make every output unreadable. */
const secretLengthMin = 6

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      return ''
    throw error
  }
}
