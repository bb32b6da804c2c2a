import { hostname, userInfo } from 'node:os'
import { basename } from 'node:path'
import { ConductError, type Identity } from '@conduct/core'

/** `surface:name`, as in `bot:deploy`, `agent:carl-3`, `action:RUN:ATTEMPT`. */
const holderPattern = /^[a-z][a-z\d_-]*:\S+$/i

/** @throws ConductError LANE_REQUEST  it is no name of a holder. */
export function toIdentity(holder: string, person: string | null): Identity {
  if (!holderPattern.test(holder)) {
    throw new ConductError('LANE_REQUEST', `${JSON.stringify(holder)} is no name of a holder.`, {
      hint: 'Write surface:name, as in bot:deploy.',
    })
  }
  return { holder, person }
}

/** Who acts where nobody says so: `bot:<login>@<host>#<folder>`. */
export function ownHolder(cwd: string = process.cwd()): string {
  const host = hostname().split('.', 1)[0] ?? 'localhost'
  return `bot:${login()}@${host}#${basename(cwd) || 'root'}`.replaceAll(/\s+/g, '-')
}

/** A container may run as a user id that has no name. */
function login(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
