import { assertNever } from '@conduct/core'
import type { ForgeCredentials } from '../credentials.ts'
import type { CredentialKind, ForgeIdentity } from '../ports/identity.ts'
import { type Reading, present, unknown } from '../reading.ts'
import type { GithubClient } from './client.ts'
import { unknownFrom } from './failures.ts'
import type { TokenSource } from './token-source.ts'

/** Source: "GitHub's token formats". */
const prefixes: readonly (readonly [string, CredentialKind])[] = [
  ['github_pat_', 'fine_grained_token'],
  ['ghp_', 'classic_token'],
  ['gho_', 'oauth_token'],
  ['ghu_', 'oauth_token'],
  ['ghs_', 'app'],
]
const workflowLogin = 'github-actions[bot]'

/** Who the forge takes us for: asked of it, never told from the token's looks alone. */
export async function readIdentity(
  client: GithubClient,
  credentials: ForgeCredentials,
  tokens: TokenSource,
): Promise<Reading<ForgeIdentity>> {
  if (tokens.appLogin !== null) {
    try {
      return present(identity(await tokens.appLogin(), 'app', null))
    } catch (error) {
      client.signal.throwIfAborted()
      return unknown(error instanceof Error ? error.message : 'the App could not be asked')
    }
  }
  const kind = credentials.kind === 'app' ? 'app' : kindOfToken(credentials.token)
  const what = 'asking who we are'
  const user = await client.look(what, (octokit) => octokit.rest.users.getAuthenticated())
  if (user.kind === 'ok') {
    return present(identity(user.data.login, kind, scopesFrom(user.headers['x-oauth-scopes'])))
  }
  // Tokens of an installation, a workflow's default one among them, belong to no user and may not ask that way.
  if (user.kind !== 'refused' || user.status !== 403)
    return user.kind === 'absent' ? unknown(user.said) : unknownFrom(user)
  const viewer = await client.graphql<{ readonly viewer: { readonly login: string } }>(
    what,
    'query { viewer { login } }',
    {},
  )
  if (viewer.kind !== 'ok') return unknownFrom(viewer)
  const { login } = viewer.data.viewer
  return present(identity(login, login === workflowLogin ? 'workflow_token' : kind, null))
}

function identity(login: string, kind: CredentialKind, scopes: readonly string[] | null): ForgeIdentity {
  return { login, kind, isBot: login.endsWith('[bot]'), scopes, pullRequestsGetCi: ciAnswer(login, kind) }
}

function ciAnswer(login: string, kind: CredentialKind): ForgeIdentity['pullRequestsGetCi'] {
  switch (kind) {
    case 'workflow_token':
      return {
        answer: 'no',
        because:
          'what a workflow opens with its default token starts no workflow; use an App or a token of its own',
      }
    case 'unrecognised_token':
      return { answer: 'unknown', because: `the token of ${login} has a form that is not known` }
    case 'app':
    case 'classic_token':
    case 'fine_grained_token':
    case 'oauth_token':
      return { answer: 'yes', because: `pull requests of ${login} start workflows as those of people do` }
    default:
      return assertNever(kind)
  }
}

function kindOfToken(token: string): CredentialKind {
  const known = prefixes.find(([prefix]) => token.startsWith(prefix))?.[1]
  // Forty hex digits were a token of a user before tokens had prefixes; own servers may still hold some.
  return known ?? (/^[0-9a-f]{40}$/.test(token) ? 'classic_token' : 'unrecognised_token')
}

function scopesFrom(header: string | number | undefined): readonly string[] | null {
  if (typeof header !== 'string') return null
  return header.split(',').flatMap((scope) => (scope.trim() === '' ? [] : [scope.trim()]))
}
