import type { Lane, Lease } from '@conduct/lanes/engine'
import { acquireAgain, answered } from './lane-of.ts'

/** Gives a lane back, asking again while a busy machine answers too late. */
export function handBack(lease: Lease): Promise<unknown> {
  return answered(() => lease.release())
}

/** Waits for the lane and gives it back; resolves to the wall-clock time of the grant (all is one machine here). */
export async function takeOver(lane: Lane): Promise<number> {
  const result = await acquireAgain(lane, { resources: ['x'], attended: true, waitMsMax: 60_000 })
  if (result.outcome !== 'granted') throw new Error(result.outcome)
  const takenMs = (await answered(() => lane.inspect())).document.holders[0]?.grantedAt.wallMs ?? 0
  await handBack(result.lease)
  return takenMs
}
