import type { EmitEvent, Identity } from '@conduct/core'
import type { Lease } from '../api.ts'
import type { HeldClaim, LaneDocument } from '../document.ts'
import { type LaneCalls, withStored } from './lane-calls.ts'
import { openLease } from './lease.ts'
import type { Moment } from './moment.ts'

/** Who asks a lane for claims, and with what. */
export interface Acquirer {
  readonly calls: LaneCalls
  readonly identity: Identity
  readonly emit: EmitEvent
  readonly renewal: 'worker' | 'inline'
  /** Notes an open lease; gives back what ends the note. */
  readonly onOpen: () => () => void
}

/** From the first answer on, the definition in the store decides, whatever lanes.yaml says here. */
export function underStored(acquirer: Acquirer, document: LaneDocument | null): Acquirer {
  return { ...acquirer, calls: withStored(acquirer.calls, document) }
}

/** A grant becomes a lease in the hands of this process. */
export function hold(
  { calls, emit, renewal, onOpen }: Acquirer,
  grant: {
    readonly held: HeldClaim
    readonly secret: string
    readonly sentAt: Moment
    readonly isAttended: boolean
    readonly isInherited: boolean
  },
): Lease {
  const { held, secret, sentAt, isAttended, isInherited } = grant
  const detail = `${held.resources.join(', ')}, token ${held.token}`
  emit({ type: 'lane_changed', lane: calls.lane, change: 'granted', detail })
  return openLease({
    calls,
    held,
    secret,
    sentAt,
    renewal: isAttended ? renewal : 'none',
    isInherited,
    emit,
    onEnd: onOpen(),
  })
}
