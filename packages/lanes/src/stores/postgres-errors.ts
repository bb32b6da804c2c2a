import { ConductError } from '@conduct/core'
import type { PostgresAddress } from './postgres-address.ts'

/** What the client or the server said, kept apart from the errors of whoever decides. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure'
  /** SQLSTATE; null when it was no answer of the server. */
  readonly sqlState: string | null
  /** Of Node, such as ECONNREFUSED; null when there is none. */
  readonly nodeCode: string | null

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null
    const isAnswer = cause instanceof Error && 'severity' in cause
    this.sqlState = isAnswer ? code : null
    this.nodeCode = isAnswer ? null : code
  }
}

/** Another transaction was in the way: this one was undone and may be tried again. */
export function isConflict(failure: PostgresFailure): boolean {
  return failure.sqlState === '40001' || failure.sqlState === '40P01'
}

/** The tables are not there, or not all of them. */
export function isMissingTable({ sqlState }: PostgresFailure): boolean {
  return sqlState === '42P01' || sqlState === '3F000' || sqlState === '42703'
}

/**
 * The one place where errors of Postgres become ours. Whatever leaves open what happened is STORE_UNREACHABLE.
 *
 * @param options.lateAfterMs given when our own patience ended the call.
 */
export function translateFailure(
  failure: PostgresFailure,
  { address, lateAfterMs }: { readonly address: PostgresAddress; readonly lateAfterMs: number | null },
): Error {
  const { cause, message } = failure
  const { shown } = address
  if (lateAfterMs !== null) {
    return new ConductError(
      'STORE_UNREACHABLE',
      `The store ${shown} did not answer within ${lateAfterMs} ms.`,
      { cause },
    )
  }
  const hint = refusalHint(failure, address)
  if (hint !== null) {
    return new ConductError('STORE_REFUSED', `The store ${shown} refuses us: ${message}`, { hint, cause })
  }
  // A statement of ours that is wrong: our bug, and no word about the store.
  if (failure.sqlState !== null && /^(?:2[23]|42)/.test(failure.sqlState)) return failure
  const busy = busyStates.get(failure.sqlState ?? '')
  return new ConductError(
    'STORE_UNREACHABLE',
    `The store ${shown} did not answer: ${message}${busy === undefined ? '' : ` (${busy})`}`,
    { cause },
  )
}

/** Answers that mean "not now": what they say about the server. Source: PostgreSQL, appendix A. */
const busyStates: ReadonlyMap<string, string> = new Map([
  ['25006', 'it is read-only now: a replica, or one that is failing over'],
  ['55000', 'it is not ready: a replica, or one that is failing over'],
  ['25P03', 'it ended a transaction that paused too long'],
  ['40001', 'other transactions were in the way each time'],
  ['40P01', 'other transactions were in the way each time'],
  ['53300', 'it has no connection left'],
  ['55P03', 'somebody else keeps the row locked'],
  ['57014', 'it gave the statement up'],
])

/** What to do where the server, or the way to it, refuses us for good; null: it does not. */
function refusalHint(
  { sqlState, nodeCode, message }: PostgresFailure,
  { role, database }: PostgresAddress,
): string | null {
  if (sqlState === '3D000') return 'Create the database (createdb), or correct `store:` in lanes.yaml.'
  if (sqlState?.startsWith('28') === true) return passwordHint
  if (sqlState === '42501') {
    return (
      `Let an administrator of the database run: grant create on database ${database} to ${role}; ` +
      `or, where the schema conduct exists: grant usage on schema conduct to ${role}; ` +
      `grant select, insert, update, delete on all tables in schema conduct to ${role}; ` +
      'after an update of conduct, let the role that owns these tables run it once.'
    )
  }
  if (sqlState === '42P01' || sqlState === '3F000') {
    return 'The tables of conduct were removed while it ran: run the command again to make them anew.'
  }
  if (nodeCode !== null && tlsCodes.test(nodeCode)) {
    return 'Give the certificate of its authority (sslrootcert=/path in the address), or correct sslmode.'
  }
  // The client has no code for a password that it needs and has not got.
  return sqlState === null && message.startsWith('SASL') ? passwordHint : null
}

const passwordHint =
  'Correct the user in `store:`, and give its password through PGPASSWORD or ~/.pgpass rather than in lanes.yaml.'

/** Source: OpenSSL's verification results and Node's TLS errors. */
const tlsCodes = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/
