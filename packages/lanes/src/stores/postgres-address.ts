import { ConductError } from '@conduct/core'

export interface PostgresAddress {
  /** As the client takes it, secrets included. */
  readonly connectionString: string
  /** For people: without password and options. */
  readonly shown: string
  /** Of whoever is to be granted something and where, as SQL takes them. */
  readonly role: string
  readonly database: string
  /** False for `?hints=off`: no connection of its own for LISTEN, polling alone. */
  readonly hasHints: boolean
}

/**
 * Reads `postgres://user@host:port/database?…`. The options are those of the client (`sslmode`, `host=/folder` for a
 * unix socket, …) and one of ours: `hints=off`, for a pooler behind which LISTEN reaches nobody.
 *
 * @throws ConductError STORE_UNSUPPORTED  without a word of the address, which may hold a password.
 */
export function parsePostgresAddress(text: string): PostgresAddress {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) {
    throw new ConductError('STORE_UNSUPPORTED', 'The address of the store is no postgres:// URL.', {
      hint: 'Write it as postgres://user@host:5432/database; a password with special characters is percent-encoded.',
    })
  }
  const hints = url.searchParams.get('hints')
  if (hints !== null && hints !== 'on' && hints !== 'off') {
    throw new ConductError('STORE_UNSUPPORTED', 'In the address of the store, `hints` is on or off.')
  }
  url.searchParams.delete('hints')
  const user = url.username === '' ? '' : `${url.username}@`
  const host =
    url.host === '' || url.searchParams.has('host') ? (url.searchParams.get('host') ?? '') : url.host
  return {
    connectionString: hints === null ? text : url.href,
    shown: `${url.protocol}//${user}${host}${url.pathname}`,
    role: nameOf(url.username, '<role>'),
    database: nameOf(url.pathname.slice(1), '<database>'),
    hasHints: hints !== 'off',
  }
}

function nameOf(encoded: string, missing: string): string {
  return encoded === '' ? missing : `"${decodeURIComponent(encoded).replaceAll('"', '""')}"`
}
