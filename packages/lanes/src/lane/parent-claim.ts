import { hashSecret } from '../claim-secret.ts'
import type { HeldClaim, LaneDocument } from '../document.ts'

export interface ParentClaim {
  readonly lane: string
  readonly held: HeldClaim
  readonly secret: string
}

/** What stands in `CONDUCT_CLAIM`: the secrets of the claims that a process and its parents hold. */
export function joinSecrets(secrets: readonly string[]): string {
  return secrets.join(',')
}

/** The claims of parent processes in this lane. */
export function findParentClaims(
  lane: string,
  document: LaneDocument | null,
  secrets: string,
): readonly ParentClaim[] {
  if (document === null) return []
  return secrets.split(',').flatMap((secret) => {
    const secretHash = hashSecret(secret)
    const held = document.holders.find(
      (holder) => holder.state === 'held' && holder.secretHash === secretHash,
    )
    return held === undefined ? [] : [{ lane, held, secret }]
  })
}
