/**
 * What it means for two operations that their touches meet. `before` is the first of the two, `after` the second.
 *
 * Each verdict is about the schema: would both orders run, and do they reach the same one?
 */
import { isSameResource, type Mode, type Touch } from '../model/resource.ts'

export type Meeting = 'nothing' | 'first_before' | 'second_before' | 'conflict' | 'unproved'

export function meet(one: Touch, other: Touch): Meeting {
  if (one.mode === 'unknown' || other.mode === 'unknown') {
    return reaches(one, other) || reaches(other, one) ? 'unproved' : 'nothing'
  }
  if (!isSameResource(one.resource, other.resource)) return 'nothing'
  if (isUnmoved(one, other) || isUnmoved(other, one)) return 'nothing'
  if (one.mode === 'modify' && other.mode === 'modify') {
    return modifyTwice(one.aspect, other.aspect)
  }
  const verdict = overloadable(one, meetings[one.mode][other.mode])
  if (verdict === 'unproved' && !disturbsUse(one) && !disturbsUse(other)) return 'nothing'
  return isWild(one) || isWild(other) ? weaken(verdict) : verdict
}

/**
 * What is not named is disturbed only when it goes: what is new, or changes in place, was not it. And that some columns are unique
 * matters only to what stands on it: being unique twice is no conflict.
 */
function isUnmoved(one: Touch, other: Touch): boolean {
  if (one.mode === 'read' && isWild(one)) return other.mode !== 'drop'
  return one.resource.kind === 'uniqueness' && one.mode !== 'use' && other.mode !== 'use'
}

/** A touch of `*` may or may not be the other: what would be certain is then only not proved. */
function weaken(verdict: Meeting): Meeting {
  return verdict === 'nothing' ? 'nothing' : 'unproved'
}

function isWild(touch: Touch): boolean {
  return touch.resource.path.includes('*')
}

/** A touch of a relation that is not known reaches what is inside it, too. */
function reaches(one: Touch, other: Touch): boolean {
  if (one.mode !== 'unknown') return isSameResource(one.resource, other.resource)
  if (isSameResource(one.resource, other.resource)) return true
  const [container] = one.resource.path
  return (
    one.resource.kind === 'relation' &&
    ['column', 'constraint', 'trigger', 'uniqueness', 'contents'].includes(other.resource.kind) &&
    (container === other.resource.path[0] || other.resource.path[0] === '*')
  )
}

/** The type and the default of a column meet (the default is cast); its other aspects, and those of a table, do not. */
function modifyTwice(one: string | undefined, other: string | undefined): Meeting {
  if (one === other) return 'conflict'
  const pair = new Set([one, other])
  if (pair.has('type') && (pair.has('default') || pair.has('identity'))) return 'unproved'
  return 'nothing'
}

/** Of the changes of a thing in use only these can fail, or change what depends on it. */
function disturbsUse(touch: Touch): boolean {
  return touch.mode !== 'modify' || touch.aspect === undefined
    ? touch.mode === 'drop' || touch.mode === 'write' || touch.mode === 'create'
    : ['type', 'attach_partition', 'detach_partition', 'logging'].includes(touch.aspect)
}

/** Functions of one name differ in their arguments, which a footprint does not tell apart. */
function overloadable({ resource }: Touch, verdict: Meeting): Meeting {
  return resource.kind === 'function' && verdict === 'conflict' ? 'unproved' : verdict
}

type KnownMode = Exclude<Mode, 'unknown'>

const meetings: Readonly<Record<KnownMode, Readonly<Record<KnownMode, Meeting>>>> = {
  create: {
    create: 'conflict',
    drop: 'conflict',
    modify: 'first_before',
    use: 'first_before',
    read: 'first_before',
    write: 'first_before',
  },
  drop: {
    create: 'conflict',
    drop: 'conflict',
    modify: 'conflict',
    use: 'conflict',
    read: 'second_before',
    write: 'second_before',
  },
  modify: {
    create: 'second_before',
    drop: 'conflict',
    modify: 'conflict',
    use: 'unproved',
    read: 'unproved',
    write: 'unproved',
  },
  use: {
    create: 'second_before',
    drop: 'conflict',
    modify: 'unproved',
    use: 'nothing',
    read: 'nothing',
    write: 'unproved',
  },
  read: {
    create: 'second_before',
    drop: 'first_before',
    modify: 'unproved',
    use: 'nothing',
    read: 'nothing',
    write: 'unproved',
  },
  write: {
    create: 'second_before',
    drop: 'first_before',
    modify: 'unproved',
    use: 'unproved',
    read: 'unproved',
    write: 'unproved',
  },
}
