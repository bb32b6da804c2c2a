import { ConductError } from '@conduct/core'

/** How conduct proves who it is at a forge. Never printed, never stored. */
export type ForgeCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'app'
      readonly appId: string
      /** PEM. */
      readonly privateKey: string
      /** Null: asked of the forge for the repository at hand. */
      readonly installationId: number | null
    }

type Environment = Readonly<Record<string, string | undefined>>

const loopback = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/

/**
 * An App before a token. A token of GitHub.com is never offered to another server: those have variables of their own,
 * named as GitHub's own command-line program names them.
 *
 * @throws ConductError FORGE_CREDENTIALS  none is set, or half of an App, or an address that would send them unencrypted
 */
export function credentialsFrom(
  env: Environment,
  forge: { readonly host: string; readonly apiUrl: string },
): ForgeCredentials {
  if (!forge.apiUrl.startsWith('https://') && !loopback.test(forge.host)) {
    throw new ConductError(
      'FORGE_CREDENTIALS',
      `${forge.apiUrl} is not encrypted; credentials are not sent there`,
      {
        hint: 'Write https:// in lanes.yaml.',
      },
    )
  }
  const app = appFrom(env)
  if (app !== null) return app
  const names = tokenNames(forge.host)
  const token = names.map((name) => env[name]?.trim() ?? '').find((value) => value !== '')
  if (token === undefined) {
    throw new ConductError(
      'FORGE_CREDENTIALS',
      `No credential for ${forge.host}: ${names.join(' and ')} are not set`,
      {
        hint: `Set ${names[0]}, or CONDUCT_GITHUB_APP_ID and CONDUCT_GITHUB_APP_PRIVATE_KEY.`,
      },
    )
  }
  if (/[^\x21-\x7e]/.test(token)) {
    throw new ConductError(
      'FORGE_CREDENTIALS',
      `The token for ${forge.host} holds characters that no token has`,
    )
  }
  return { kind: 'token', token }
}

function tokenNames(host: string): readonly [string, string] {
  return host === 'github.com' || host.endsWith('.ghe.com')
    ? ['GH_TOKEN', 'GITHUB_TOKEN']
    : ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN']
}

function appFrom(env: Environment): ForgeCredentials | null {
  const appId = env['CONDUCT_GITHUB_APP_ID']?.trim() ?? ''
  // A PEM in one line, with its line ends written out, is how many secret stores hand it over.
  const privateKey = (env['CONDUCT_GITHUB_APP_PRIVATE_KEY'] ?? '').replaceAll(String.raw`\n`, '\n')
  if (appId === '' && privateKey === '') return null
  if (appId === '' || privateKey === '') {
    throw new ConductError(
      'FORGE_CREDENTIALS',
      `Only one of CONDUCT_GITHUB_APP_ID and CONDUCT_GITHUB_APP_PRIVATE_KEY is set`,
    )
  }
  const installation = env['CONDUCT_GITHUB_APP_INSTALLATION_ID']?.trim() ?? ''
  if (installation !== '' && !/^\d{1,15}$/.test(installation)) {
    throw new ConductError('FORGE_CREDENTIALS', 'CONDUCT_GITHUB_APP_INSTALLATION_ID is not a number')
  }
  return {
    kind: 'app',
    appId,
    privateKey,
    installationId: installation === '' ? null : Number.parseInt(installation, 10),
  }
}
