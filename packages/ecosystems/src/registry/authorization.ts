import type { Env, NpmrcEntry } from '../manifests/npmrc.ts'
import type { RepositoryPlace } from '../ports.ts'
import { readRepositoryNpmrc, readUserNpmrc } from './credentials.ts'

/** The value of the `authorization` header for a URL, or null. */
export type AuthorizationOf = (url: string) => string | null

/**
 * What the user's own npm configuration holds for a registry, for reading what only its people may see: an
 * unauthenticated question about a private package is answered 404, which would look like absent. It is sent to
 * addresses below that registry and nowhere else, and given to no other process.
 *
 * @param repository also what the repository there says, as for publishing: the closer file wins. It asks for no other
 *   variables than it may: an entry that does counts as unset.
 */
export async function readAuthorizations(
  env: Env,
  repository: Partial<RepositoryPlace> = {},
): Promise<AuthorizationOf> {
  const { worktree } = repository
  const own = await readUserNpmrc(env)
  const entries =
    worktree === undefined ? own : [...own, ...(await readRepositoryNpmrc(worktree, env, repository))]
  return (url) => {
    for (const place of placesOf(url)) {
      const found = headerOf(entries, place)
      if (found !== null) return found
    }
    return null
  }
}

/** `//host/a/b/`, `//host/a/`, `//host/`: the closest setting wins, as in npm. */
function placesOf(url: string): readonly string[] {
  const { host, pathname } = new URL(url)
  const parts = pathname.split('/').filter((part) => part !== '')
  return Array.from({ length: parts.length + 1 }, (_, index) =>
    ['', '', host, ...parts.slice(0, parts.length - index), ''].join('/'),
  )
}

function headerOf(entries: readonly NpmrcEntry[], place: string): string | null {
  const valueOf = (key: string): string | null =>
    entries.findLast((entry) => entry.key === `${place}:${key}` && entry.unset.length === 0)?.value ?? null
  const token = valueOf('_authToken')
  if (token !== null) return `Bearer ${token}`
  const basic = valueOf('_auth')
  if (basic !== null) return `Basic ${basic}`
  const [username, password] = [valueOf('username'), valueOf('_password')]
  if (username === null || password === null) return null
  const plain = `${username}:${Buffer.from(password, 'base64').toString('utf8')}`
  return `Basic ${Buffer.from(plain).toString('base64')}`
}
