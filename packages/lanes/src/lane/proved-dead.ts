import type { ClaimId } from '@conduct/core'
import type { LaneDocument } from '../document.ts'
import { isProvedDead } from '../host/process-identity.ts'

/** Attended holders of this host whose processes are surely gone. */
export function findProvedDead(document: LaneDocument | null): readonly ClaimId[] {
  if (document === null) return []
  return document.holders
    .filter((held) => held.attended && held.process !== null && isProvedDead(held.process))
    .map((held) => held.claim)
}
