import {
  claimOfSecret,
  createDocument,
  hashSecret,
  type LaneDefinition,
  type LaneDocument,
  type Store,
  type WaitingClaim,
} from '@conduct/lanes/engine'

export function secretOfWaiter(index: number): string {
  return `waiter-${index}-0123456789abcdef`
}

/** A lane with a line for `shop`, all of it in one write; whoever writes next gives the first one its turn. */
export async function seedLine(
  store: Store,
  line: {
    readonly lane: string
    readonly definition: LaneDefinition
    readonly waiters: number
    readonly holderOf: (index: number) => string
  },
): Promise<void> {
  const { lane, definition, waiters, holderOf } = line
  await store.register.change<LaneDocument, null>(`lane/${lane}`, (_none, now) => {
    const waiting = Array.from({ length: waiters }, (_, index): WaitingClaim => {
      const secret = secretOfWaiter(index)
      return {
        claim: claimOfSecret(secret),
        secretHash: hashSecret(secret),
        holder: holderOf(index),
        person: null,
        resources: ['shop'],
        task: null,
        reason: null,
        contact: null,
        etaMs: null,
        session: null,
        attended: false,
        process: null,
        run: null,
        since: now,
        state: 'waiting',
        priority: 0,
        lastSeen: now,
        paused: null,
        overtaken: 0,
        movedByCaptain: false,
        assigned: null,
      }
    })
    return { write: { ...createDocument(lane, definition), waiting, nonce: 'seeded' }, result: null }
  })
}
