import { createVerify } from 'node:crypto'
import type { AppRecord, State } from './state.ts'

/** GitHub refuses a JWT from the future, an expired one, and one that would live longer than ten minutes. */
const lifeSMax = 600

export function appOf(state: State, authorization: string): AppRecord | null {
  const [head = '', claims = '', signature = ''] = authorization.replace(/^bearer /i, '').split('.')
  const said = parse(claims)
  const app = state.apps.find(({ id }) => id === String(said?.['iss']))
  if (app === undefined || said === null || parse(head)?.['alg'] !== 'RS256') return null
  const isSigned = createVerify('RSA-SHA256')
    .update(`${head}.${claims}`)
    .verify(app.publicKey, signature, 'base64url')
  const [iat, exp] = [Number(said['iat']), Number(said['exp'])]
  const isTimely = iat <= state.nowS() && exp > state.nowS() && exp - state.nowS() <= lifeSMax
  return isSigned && isTimely ? app : null
}

function parse(part: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  } catch {
    return null
  }
}
