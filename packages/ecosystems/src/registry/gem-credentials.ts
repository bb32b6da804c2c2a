import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { parseYamlText } from '../yaml-text.ts'
import type { Env } from '../manifests/npmrc.ts'
import { asRecord, asText, type UnknownRecord } from '../unknown.ts'
import type { Credentials } from './credentials.ts'

const keyEnv = ['GEM_HOST_API_KEY', 'GEM_HOST_OTP_CODE']
const publicServer = 'https://rubygems.org'

/**
 * The user's own RubyGems configuration: their home and the variables that hold a key. For pushing only; every key is
 * redacted from what the command prints.
 */
export async function readGemCredentials(env: Env): Promise<Credentials> {
  const stored = Object.values(await storedKeys(env)).flatMap((key) => asText(key) ?? [])
  const given = keyEnv.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  return {
    home: homeOf(env),
    env: Object.fromEntries(given),
    secrets: [...stored, ...given.map(([, value]) => value)].filter((secret) => secret.length >= 6),
  }
}

/**
 * Where our key for a server comes from; null: there is none. A key does not say whose it is, and no server tells.
 */
export async function gemKeyFor(registry: string, env: Env): Promise<string | null> {
  if ((env['GEM_HOST_API_KEY'] ?? '') !== '') return 'the key in GEM_HOST_API_KEY'
  const host = registry.replace(/\/+$/, '')
  const keys = await storedKeys(env)
  if (asText(keys[host]) !== null || asText(keys[`${host}/`]) !== null) return `the stored key for ${host}`
  const isPublic = host === publicServer
  return isPublic && asText(keys[':rubygems_api_key']) !== null ? 'the stored key for rubygems.org' : null
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
