import { ConductError } from '@conduct/core'

/** Where a repository lives at its forge. */
export interface RepoAddress {
  readonly kind: 'github'
  /** `github.com`, or the host (and port) of an own server. */
  readonly host: string
  readonly apiUrl: string
  readonly owner: string
  readonly name: string
}

/** The two settings of a repo in lanes.yaml that say it. */
export interface DeclaredRepo {
  readonly remote: string
  readonly forge: { readonly kind: 'none' } | { readonly kind: 'github'; readonly url: string | null } | null
}

const namePattern = /^[A-Za-z0-9._-]+$/
const remotePattern =
  /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^/]+?)\/|(?:[^@/\s]+@)?(?<scpHost>[^:/\s]+):)(?<path>[^\s?#]+?)(?:\.git)?\/?$/

/**
 * The repository at the forge, or null where there is no forge: `forge: none`, or a remote that names none.
 *
 * @throws ConductError FORGE_REMOTE_UNKNOWN  a forge is declared, and the remote does not end in owner/name
 */
export function addressOf(repo: DeclaredRepo): RepoAddress | null {
  if (repo.forge?.kind === 'none') return null
  const match = remotePattern.exec(repo.remote)
  const host = match?.groups?.['host'] ?? match?.groups?.['scpHost'] ?? null
  const remoteHost = host === null ? null : hostName(host)
  if (repo.forge === null && !isGithubHost(remoteHost)) return null

  const declared = repo.forge?.url ?? null
  const [owner, name] = (match?.groups?.['path'] ?? repo.remote.replace(/(?:\.git)?\/?$/, ''))
    .split('/')
    .slice(-2)
  if (!isName(owner) || !isName(name)) {
    throw new ConductError(
      'FORGE_REMOTE_UNKNOWN',
      `${hideUserInfo(repo.remote)} does not end in owner/name of a repository at GitHub`,
    )
  }
  const own =
    declared ??
    (isGithubHost(remoteHost) && remoteHost !== null ? `https://${remoteHost}` : 'https://github.com')
  return { kind: 'github', ...endpoint(own), owner, name }
}

/** Source: GitHub's pages on the REST API of GitHub.com, of ghe.com tenants and of an own server. */
function endpoint(declared: string): { readonly host: string; readonly apiUrl: string } {
  const url = new URL(declared)
  const host = url.host === 'api.github.com' || url.host === 'www.github.com' ? 'github.com' : url.host
  if (host === 'github.com') return { host, apiUrl: 'https://api.github.com' }
  if (host.endsWith('.ghe.com')) {
    const tenant = host.replace(/^api\./, '')
    return { host: tenant, apiUrl: `https://api.${tenant}` }
  }
  return { host, apiUrl: `${url.origin}/api/v3` }
}

/** `ssh.github.com:443` is GitHub's door for networks that let only 443 through. */
function hostName(host: string): string {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return name === 'ssh.github.com' || name === 'www.github.com' ? 'github.com' : name
}

function isGithubHost(host: string | null): boolean {
  return host === 'github.com' || host?.endsWith('.ghe.com') === true
}

function isName(text: string | undefined): text is string {
  return text !== undefined && namePattern.test(text) && text !== '.' && text !== '..'
}

function hideUserInfo(remote: string): string {
  return remote.replace(/\/\/[^@/]*@/, '//')
}
