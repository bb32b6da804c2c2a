import { ConductError } from '@conduct/core'
import type { AcquireOptions, AcquireResult } from '../api.ts'
import { covers } from '../core/slots.ts'
import { type Acquirer, hold, underStored } from './hold.ts'
import { submit } from './lane-calls.ts'
import { heldBy } from './lane-view.ts'
import type { ParentClaim } from './parent-claim.ts'

/** A child uses what its parent holds: a part of it at once, anything more never. */
export async function inherit(
  acquirer: Acquirer,
  options: AcquireOptions,
  { held: parent, secret }: ParentClaim,
): Promise<AcquireResult> {
  if (options.key !== undefined) {
    const message = `A child shares its parent's claim; ${options.key} is a trigger and asks for one of its own.`
    throw new ConductError('LANE_REQUEST', message)
  }
  if (!covers(parent, options.resources)) {
    const more = options.resources.filter((resource) => !parent.resources.includes(resource))
    const reason =
      `the parent process holds ${parent.resources.join(', ')} and not ${more.join(', ')}; ` +
      'it has to take all of them before it starts its children'
    const parentShown = heldBy(parent, parent.grantedAt)
    return {
      outcome: 'refused',
      because: 'beyond_parent',
      reason,
      resources: options.resources,
      holder: parentShown,
      blockers: [parentShown],
      estimate: null,
    }
  }
  const { claim, secretHash, token } = parent
  const { result, sentAt, before } = await submit(acquirer.calls, { kind: 'renew', claim, secretHash, token })
  if (result.kind !== 'held') {
    throw new ConductError('LEASE_LOST', `The parent's lease of lane ${acquirer.calls.lane} is lost.`)
  }
  const held = { ...result.claim, resources: options.resources }
  const lease = hold(underStored(acquirer, before), {
    held,
    secret,
    sentAt,
    isAttended: options.attended,
    isInherited: true,
  })
  return { outcome: 'granted', lease }
}
