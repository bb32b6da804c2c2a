import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { parseYamlText } from '../yaml-text.ts'
import type { Env } from '../manifests/npmrc.ts'
import type { Granted } from '../ports.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import { mayHaveToken } from './token-places.ts'
import type { Credentials } from './credentials.ts'

const keyVariable = 'GEM_HOST_API_KEY'
const publicServer = 'https://rubygems.org'

/**
 * The user's own RubyGems configuration: their home, and the one key for this server. For pushing only; every key is
 * redacted from what the command prints. The client by itself would send the key of rubygems.org to any host that it
 * has no other for.
 *
 * @returns null: there is no key for this server, and nothing may be pushed.
 */
export async function readGemCredentials(
  registry: string,
  env: Env,
  granted: Granted,
): Promise<Credentials | null> {
  const key = await keyFor(registry, env, granted)
  if (key === null) return null
  const stored = Object.values(await storedKeys(env)).flatMap((one) => asText(one) ?? [])
  const otp = key.isFromEnv ? (env['GEM_HOST_OTP_CODE'] ?? '') : ''
  const given = { GEM_HOST_API_KEY: key.value, ...(otp === '' ? {} : { GEM_HOST_OTP_CODE: otp }) }
  return {
    home: homeOf(env),
    env: given,
    secrets: [...stored, ...Object.values(given)].filter((secret) => secret.length >= 6),
  }
}

/**
 * Where our key for a server comes from; null: there is none. A key does not say whose it is, and no server tells.
 */
export async function gemKeyFor(registry: string, env: Env, granted: Granted): Promise<string | null> {
  return (await keyFor(registry, env, granted))?.where ?? null
}

/** The key itself, for questions to this very server; null: there is none. */
export async function readGemKey(registry: string, env: Env, granted: Granted): Promise<string | null> {
  return (await keyFor(registry, env, granted))?.value ?? null
}

interface Key {
  readonly value: string
  readonly where: string
  readonly isFromEnv: boolean
}

/** A variable names no server: it is for those that lanes.yaml declares, and for the public one. */
async function keyFor(
  registry: string,
  env: Env,
  { passEnv = [], declaredRegistries: declared = [] }: Granted,
): Promise<Key | null> {
  const given = env[keyVariable] ?? ''
  if (given !== '' && (passEnv.includes(keyVariable) || mayHaveToken(registry, { declared }))) {
    return { value: given, where: 'the key in GEM_HOST_API_KEY', isFromEnv: true }
  }
  const host = registry.replace(/\/+$/, '')
  const keys = await storedKeys(env)
  const own = asText(keys[host]) ?? asText(keys[`${host}/`])
  if (own !== null) return { value: own, where: `the stored key for ${host}`, isFromEnv: false }
  const common = host === publicServer ? asText(keys[':rubygems_api_key']) : null
  return common === null
    ? null
    : { value: common, where: 'the stored key for rubygems.org', isFromEnv: false }
}

/** The older place wins, as in RubyGems. */
async function storedKeys(env: Env): Promise<UnknownRecord> {
  const data = env['XDG_DATA_HOME'] ?? path.join(homeOf(env), '.local/share')
  for (const file of [path.join(homeOf(env), '.gem/credentials'), path.join(data, 'gem/credentials')]) {
    const text = await readFile(file, 'utf8').catch(() => null)
    if (text !== null) return asRecord(parseYamlText(file, text, { logLevel: 'silent' }))
  }
  return {}
}

function homeOf(env: Env): string {
  return env['HOME'] ?? homedir()
}
