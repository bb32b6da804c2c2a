import type { LaneOperation } from '../operation.ts'
import { type Answer, deny } from './answer.ts'
import type { Draft } from './draft.ts'
import { settle } from './settle.ts'

/**
 * A lane goes from one store to another: sealed in the old one, so that nothing is decided there any more, and taken
 * up in the new one under a higher epoch. Whoever waits keeps the place in line. Who may do that, its callers check.
 */
type Operation<Kind extends LaneOperation['kind']> = Extract<LaneOperation, { kind: Kind }>

export function seal(draft: Draft, { to, by }: Operation<'seal'>): Answer {
  const { moved } = draft
  if (moved?.kind === 'to') return moved.address === to ? { kind: 'unchanged' } : deny('moved', moved.address)
  // A turn that is due is somebody's: it counts as held.
  settle(draft, null)
  if (draft.holders.length > 0) return deny('held', draft.holders.map(({ holder }) => holder).join(', '))
  draft.moved = { kind: 'to', address: to, by, at: draft.now }
  return { kind: 'done' }
}

export function unseal(draft: Draft, { to, by, epochs }: Operation<'unseal'>): Answer {
  const { moved } = draft
  if (moved?.kind !== 'to') return { kind: 'unchanged' }
  if (moved.address !== to) return deny('moved', moved.address)
  draft.moved = { kind: 'from', address: to, file: '', by, at: draft.now }
  draft.epoch += epochs
  draft.isSettled = false
  return { kind: 'done' }
}

export function importLane(draft: Draft, { from, file, by, epoch }: Operation<'import'>): Answer {
  draft.moved = { kind: 'from', address: from, file, by, at: draft.now }
  draft.epoch = Math.max(draft.epoch + 1, epoch)
  draft.isSettled = false
  return { kind: 'done' }
}
