import { ConductError } from '@conduct/core'
import type { Env } from '../manifests/npmrc.ts'
import { pnpmWorkspaceFile } from '../manifests/workspace.ts'
import type { RefusedVariable } from '../ports.ts'
import { isForTokenPlace, type TokenPlaces } from './token-places.ts'

/**
 * Which variables of our environment a repository's own settings may ask for. A registry is told by such a file, too:
 * one that could name any variable would have its value sent to whatever server it names.
 *
 * Allowed are the variables by which people hand over a token, as the credential of a registry that lanes.yaml declares
 * or of the public one, and what lanes.yaml declares for the repository. The user's own configuration lies outside of
 * it and may ask for what it likes.
 */
export const tokenEnv: readonly string[] = ['NPM_TOKEN', 'NODE_AUTH_TOKEN']

/** Every command gets these, and nobody logs in with them. */
const plainEnv: readonly string[] = ['HOME', 'PATH', 'LANG', 'TERM', 'TZ']

/** Where a client that publishes reads settings of the repository. */
export const settingsFiles = ['.npmrc', pnpmWorkspaceFile] as const

export interface Allowing extends TokenPlaces {
  readonly env: Env
  /** Names that lanes.yaml declares for the repository. */
  readonly passEnv: readonly string[]
  /** What the client's environment holds for other reasons: no line may ask for these, whatever it sets. */
  readonly held: readonly string[]
}

/** Of variables that are set: what is not cannot be sent. */
export function refusedVariables(
  texts: ReadonlyMap<string, string>,
  { env, passEnv, held, declared }: Allowing,
): readonly RefusedVariable[] {
  return [...texts].flatMap(([file, text]) =>
    text.split(/\r?\n/).flatMap((raw, index) => {
      const line = decoded(raw).trim()
      if (/^[#;]/.test(line)) return []
      const setting = /^[^=\s]+?(?=\s*=|:\s|\s|$)/.exec(line)?.[0] ?? ''
      const kind = kindOf(line)
      const isOfPlace = kind === 'credential' && isForTokenPlace(setting, { declared })
      const allowed = new Set([...plainEnv, ...passEnv, ...(isOfPlace ? tokenEnv : [])])
      return asked(line)
        .filter((name) => env[name] !== undefined && !allowed.has(name))
        .filter((name) => kind !== 'other' || held.includes(name) || tokenEnv.includes(name))
        .map((variable) => ({ file, line: index + 1, setting, variable }))
    }),
  )
}

/** The environment as a repository's settings see it. */
export function allowedEnv(env: Env, passEnv: readonly string[]): Env {
  return { ...registryEnv(env, passEnv), ...picked(env, tokenEnv) }
}

/** The environment as the address of a registry sees it: it is printed, so no token stands in it. */
export function registryEnv(env: Env, passEnv: readonly string[]): Env {
  return picked(env, [...plainEnv, ...passEnv])
}

export function refusedError(refused: readonly RefusedVariable[]): ConductError {
  const shown = refused.map((one) => `${one.file}:${one.line}: ${one.setting} asks for ${one.variable}`)
  return new ConductError(
    'SETTINGS_VARIABLE_REFUSED',
    `${shown.join('; ')}: the registry that these settings name would be sent its value, and lanes.yaml does not declare it`,
    { details: { refused } },
  )
}

export function picked(env: Env, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function kindOf(line: string): 'credential' | 'registry' | 'other' {
  const key = line.split('=')[0] ?? ''
  if (/^["']?(?:@[^:]*:)?registry["']?\s*$/.test(key)) return 'registry'
  return /^["']?\/\/|(?:_authToken|_auth|_password|username|email)["']?\s*$/.test(key)
    ? 'credential'
    : 'other'
}

/** Every spelling of npm and pnpm: `${NAME}`, `${NAME?}`, `${NAME:-else}`, `${NAME-else}`. */
function asked(line: string): readonly string[] {
  const names = [...line.matchAll(/\$\{([^}]*)/g)].flatMap(([, body = '']) => [
    body,
    /^\w+/.exec(body)?.[0] ?? body,
  ])
  return [...new Set(names)]
}

/** Quoted values may spell a character by its number, in both formats. */
function decoded(line: string): string {
  return line.replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8}))/gi, (_whole, ...digits: unknown[]) => {
    const code = Number.parseInt(String(digits.slice(0, 3).find((one) => typeof one === 'string')), 16)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : ''
  })
}
