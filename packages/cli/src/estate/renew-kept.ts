import { isConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import { hasClaims, openClaims } from './claims.ts'
import type { Estate } from './open-estate.ts'
import { bringProceeded } from './proceeded.ts'

export interface RenewedLease {
  readonly lane: string
  readonly claim: string
  readonly expiresAt: string
}

/**
 * Whoever works renews what they hold: every lane command and every look of the guard calls this. Only what is held
 * from this folder, and was not renewed within the lane's interval; an offered turn is left to who asks for it. Who has
 * claimed nothing from here costs no look at the store. What went on while the store was away is brought in on the way. A lease that is lost is left to what shows the lane.
 *
 * @throws ConductError STORE_UNREACHABLE
 */
export async function renewKept(options: {
  readonly estate: Estate
  readonly context: CommandContext
}): Promise<readonly RenewedLease[]> {
  const { estate, context } = options
  await bringProceeded(options)
  if (!hasClaims(estate, context)) return []
  const own = openClaims(options)
    .own()
    .filter(({ lane }) => estate.config.lanes.has(lane))
  const renewed: RenewedLease[] = []
  for (const name of new Set(own.map(({ lane }) => lane))) {
    const lane = estate.lanes.lane(name)
    const { holders, document } = await lane.inspect()
    const { renewMs } = document.definition
    for (const { claim, secret } of own.filter((one) => one.lane === name)) {
      const held = holders.find((holder) => holder.claim === claim && holder.state === 'held')
      if (held === undefined || held.untilMerged !== null || held.unchangedForMs < renewMs) continue
      try {
        const { expiresAt } = await lane.renew({ claim, secret })
        renewed.push({ lane: name, claim, expiresAt })
      } catch (error) {
        if (!isConductError(error, 'LEASE_LOST')) throw error
      }
    }
  }
  return renewed
}
