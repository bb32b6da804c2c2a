import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { storePlace } from '../store-place.ts'
import type { Store } from '../store.ts'
import { stateHome } from '../stores/sqlite-place.ts'
import { isLater, type LastSeen } from './seen.ts'
import { readStateFile, writeStateFile } from './state-file.ts'

/**
 * What the processes of this user have seen of an estate's lanes: one small file, replaced in one move at most once a
 * second and when a process ends. Of two that write at the same moment one may be forgotten, and a full disk keeps
 * nothing: then a store that went back is noticed later, or by somebody else.
 */
interface SeenFile {
  readonly format: 1
  readonly lanes: Readonly<Record<string, LastSeen>>
}

/** Renewals come all the time: so many of them are written down at once. */
const writeEveryMs = 1000

export function readSeenFile(path: string): Map<string, LastSeen> {
  const file = readStateFile(path) as Partial<SeenFile> | null
  return file?.format === 1 ? new Map(Object.entries(file.lanes ?? {})) : new Map()
}

/** Writes it down soon. What other processes have seen in the meantime is taken over into `memory`. */
export function keepAcrossProcesses(memory: Map<string, LastSeen>, path: () => string): void {
  if (pending.has(memory)) return
  pending.set(memory, () => writeSeenFile(path(), memory))
  setTimeout(() => flush(memory), writeEveryMs).unref()
  if (!isWatchingExit) process.on('exit', () => [...pending.keys()].forEach(flush))
  isWatchingExit = true
}

const pending = new Map<Map<string, LastSeen>, () => void>()
let isWatchingExit = false

function flush(memory: Map<string, LastSeen>): void {
  const write = pending.get(memory)
  pending.delete(memory)
  write?.()
}

function writeSeenFile(path: string, memory: Map<string, LastSeen>): void {
  for (const [lane, theirs] of readSeenFile(path)) {
    const ours = memory.get(lane)
    if (ours === undefined || isLater(theirs, ours)) memory.set(lane, theirs)
  }
  const file: SeenFile = { format: 1, lanes: Object.fromEntries(memory) }
  writeStateFile(path, file)
}

/** By the address without its credentials: who logs in differently finds the same lanes. */
export function seenPath({ url, estate }: Store): string {
  const address = createHash('sha256').update(JSON.stringify([storePlace(url), estate]))
  const name = `seen-${address.digest('hex').slice(0, 16)}.json`
  return join(stateHome(process.env), estate ?? '', name)
}
