import { ConductError } from '@conduct/core'
import type { LaneDocument } from '../document.ts'
import type { Store } from '../store.ts'
import { keepAcrossProcesses, readSeenFile, seenPath } from './last-seen-file.ts'
import { isLater, type LastSeen } from './seen.ts'

/**
 * Clients remember how far a lane had come when they last looked at it, per open store and, as well as that goes
 * without waiting for it, per user of this machine. A store that shows less has gone back (a restored backup, a
 * failover that lost writes): deciding on it could grant a token twice, or what somebody holds.
 */
export function lastSeen(store: Store, lane: string): LastSeen | null {
  return memoryOf(store).get(lane) ?? null
}

export function noteSeen(store: Store, document: LaneDocument): void {
  const memory = memoryOf(store)
  const found = toSeen(document)
  const known = memory.get(document.lane)
  if (known !== undefined && !isLater(found, known)) return
  memory.set(document.lane, found)
  if (isShared(store)) keepAcrossProcesses(memory, () => seenPath(store))
}

/**
 * @param seen what had been seen before the call was sent that found this document: calls overlap.
 * @throws ConductError STORE_BEHIND, STORE_MOVED
 */
export function requireCurrent(lane: string, seen: LastSeen | null, document: LaneDocument | null): void {
  const problem = behind(seen, document)
  if (problem !== null) {
    // It went back to before it was moved: where it was moved to, it goes on.
    if (seen !== null && seen.movedTo !== null) throw storeMoved(seen.movedTo)
    throw storeBehind(lane, problem, { seen, document })
  }
  if (document?.moved?.kind === 'to') throw storeMoved(document.moved.address)
}

/** What shows that the store went back, the rest of a sentence about the lane; null when nothing does. */
export function behind(seen: LastSeen | null, document: LaneDocument | null): string | null {
  if (seen === null) return null
  const version = `version ${versionText(seen)} was seen`
  if (document === null) return `${version}, and the store knows nothing of the lane`
  const found = toSeen(document)
  if (isLater(seen, found)) return `${version}, and the store holds version ${versionText(found)}`
  const isOther = !isLater(found, seen) && found.nonce !== seen.nonce
  return isOther ? `${version}, and the store holds another state under that version` : null
}

export function storeBehind(
  lane: string,
  problem: string,
  { seen, document }: { readonly seen: LastSeen | null; readonly document: LaneDocument | null },
): ConductError {
  const found = document === null ? null : toSeen(document)
  return new ConductError('STORE_BEHIND', `The store of lane ${lane} went back: ${problem}.`, {
    details: { lane, seen: versionOf(seen), found: versionOf(found) },
  })
}

export function storeMoved(address: string): ConductError {
  return new ConductError('STORE_MOVED', `The lanes of this estate were moved to ${address}.`, {
    details: { moved_to: address },
  })
}

/** Of stores that live in this process only: nobody else can speak of them. */
const privateUrl = /^memory:/

const memories = new WeakMap<Store, Map<string, LastSeen>>()
/** By the file they are kept in: whoever opens the same store again remembers the same. */
const shared = new Map<string, Map<string, LastSeen>>()

function memoryOf(store: Store): Map<string, LastSeen> {
  const known = memories.get(store)
  if (known !== undefined) return known
  const memory = isShared(store) ? sharedMemory(store) : new Map<string, LastSeen>()
  memories.set(store, memory)
  return memory
}

function sharedMemory(store: Store): Map<string, LastSeen> {
  const path = seenPath(store)
  const memory = shared.get(path) ?? readSeenFile(path)
  shared.set(path, memory)
  return memory
}

function isShared(store: Store): boolean {
  return !privateUrl.test(store.url)
}

function toSeen({ epoch, writes, nonce, moved }: LaneDocument): LastSeen {
  return { epoch, version: writes ?? 0, nonce, movedTo: moved?.kind === 'to' ? moved.address : null }
}

function versionOf(seen: LastSeen | null) {
  return seen === null ? null : { epoch: seen.epoch, version: seen.version }
}

function versionText({ epoch, version }: LastSeen): string {
  return epoch === 0 ? `${version}` : `${version} of epoch ${epoch}`
}
