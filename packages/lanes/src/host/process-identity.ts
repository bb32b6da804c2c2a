import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessIdentity } from '../document.ts'
import { readBootId } from './boot.ts'

/** This process, so that others on the host can prove its death. */
export function ownProcess(): ProcessIdentity {
  own ??= identifyProcess(process.pid) ?? undefined
  if (own === undefined) throw new Error('invariant broken: this process does not exist')
  return own
}

let own: ProcessIdentity | undefined

/** Who runs under that pid now; null: nobody. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const startedAt = readStartTime(pid)
  if (startedAt === null || startedAt === hidden) return null
  return { pid, startedAt, bootId: readBootId(), pidNamespace: readPidNamespace(), host: hostname() }
}

/**
 * True only when the process is surely gone, and with it its process group where it names one: same boot, same
 * pid namespace, and nobody there, or somebody who started at another time. False whenever that cannot be known.
 */
export function isProvedDead(identity: ProcessIdentity): boolean {
  if (identity.bootId !== readBootId() || identity.pidNamespace !== readPidNamespace()) return false
  if (isRunning(identity)) return false
  return identity.group === undefined || isGroupGone(identity.group)
}

/** The same process still runs (also while it is stopped). */
export function isRunning(identity: ProcessIdentity): boolean {
  const startedAt = readStartTime(identity.pid)
  return startedAt === hidden || startedAt === identity.startedAt
}

/** Nobody is left in the process group but what its parents have not yet collected (and may never). */
export function isGroupGone(group: number): boolean {
  try {
    process.kill(-group, 0)
  } catch (error) {
    return isErrno(error, 'ESRCH')
  }
  return process.platform === 'linux' && hasOnlyZombies(group)
}

/** False also when there may be members that this user cannot see (`hidepid`). */
function hasOnlyZombies(group: number): boolean {
  try {
    readFileSync('/proc/1/stat', 'utf8')
  } catch {
    return false
  }
  let zombies = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = readStat(Number(name))
    if (fields?.[2] !== String(group)) continue
    if (!isZombie(Number(name), fields)) return false
    zombies += 1
  }
  return zombies > 0
}

/** From the third field of `/proc/<pid>/stat` on; null: there is no such process any more. */
function readStat(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in brackets, which may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return null
    throw error
  }
}

function isZombie(pid: number, [state = '']: readonly string[]): boolean {
  return (state === 'Z' || state === 'X') && !hasOtherThreads(pid)
}

/** Somebody runs under that pid, and this user may not see who (`hidepid`). */
const hidden = 'hidden'

/** Null when there is no such process, or only what its parent has not yet collected. */
function readStartTime(pid: number): string | null {
  return process.platform === 'linux' ? readLinuxStartTime(pid) : readPortableStartTime(pid)
}

function readLinuxStartTime(pid: number): string | null {
  let fields: readonly string[] | null
  try {
    fields = readStat(pid)
  } catch {
    return hidden
  }
  if (fields === null) return isFree(pid) ? null : hidden
  // The 22nd field is the start time.
  return isZombie(pid, fields) ? null : (fields[19] ?? null)
}

function isFree(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return isErrno(error, 'ESRCH')
  }
}

/** The first thread of a process may have ended before the others. */
function hasOtherThreads(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).length > 1
  } catch {
    return false
  }
}

function readPortableStartTime(pid: number): string | null {
  try {
    const text = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
    })
    return text.trim() === '' ? null : text.trim()
  } catch (error) {
    // `ps` ends with 1 when no such process exists; anything else is not known.
    if (error instanceof Error && 'status' in error && error.status === 1) return null
    return hidden
  }
}

function readPidNamespace(): string {
  pidNamespace ??= process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : 'host'
  return pidNamespace
}

let pidNamespace: string | undefined

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
