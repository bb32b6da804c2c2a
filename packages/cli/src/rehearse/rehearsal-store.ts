import { ConductError } from '@conduct/core'
import { describeStoreUrl, openStore } from '@conduct/lanes/engine'

/** A store that the rehearsal was told to use in place of one in its own folder. */
export interface RehearsalStore {
  /** As lanes.yaml may say it: no password stands in it. */
  readonly url: string
  /** The address with everything that opens it. */
  readonly secretUrl: string
  /** What opens `url` for other processes; never printed, never written. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * `CONDUCT_STORE`. The password of a Postgres address travels in PGPASSWORD: no secret ever stands in lanes.yaml.
 *
 * @returns null when none was named.
 * @throws ConductError USAGE  the address holds a credential that has no other place.
 */
export function findRehearsalStore(env: Readonly<Record<string, string | undefined>>): RehearsalStore | null {
  const secretUrl = env['CONDUCT_STORE'] ?? ''
  if (secretUrl === '') return null
  const { url, password } = withoutPassword(secretUrl)
  if (describeStoreUrl(url) !== url) {
    throw new ConductError('USAGE', `CONDUCT_STORE holds a credential: ${describeStoreUrl(url)}`, {
      hint: 'It would have to stand in lanes.yaml. Give it as this kind of store expects it: AWS_* variables for S3, a credential helper or a key for git, PGPASSWORD for Postgres.',
    })
  }
  return { url, secretUrl, env: password === null ? {} : { PGPASSWORD: password } }
}

/**
 * Looks at the store before anything is built: a rehearsal that cannot end well does not begin.
 *
 * @throws ConductError STORE_UNREACHABLE (30), STORE_* (2)
 */
export async function probeRehearsalStore(
  store: RehearsalStore,
  options: { readonly estate: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  await using opened = await openStore(store.secretUrl, options)
  const failed = (await opened.probe()).filter(({ verdict }) => verdict === 'failed')
  if (failed.length === 0) return
  const found = failed.map(({ check, detail }) => `${check}: ${detail}`).join(' ')
  throw new ConductError('STORE_REFUSED', `${describeStoreUrl(store.url)} cannot be used. ${found}`, {
    hint: failed.flatMap(({ remedy }) => remedy ?? []).join(' '),
  })
}

function withoutPassword(url: string): { readonly url: string; readonly password: string | null } {
  if (!/^postgres(?:ql)?:/.test(url) || !URL.canParse(url)) return { url, password: null }
  const parsed = new URL(url)
  if (parsed.password === '') return { url, password: null }
  const password = decodeURIComponent(parsed.password)
  parsed.password = ''
  return { url: parsed.href, password }
}
