import { setTimeout as delay } from 'node:timers/promises'

/** Between asking a process group to end and making it. */
export const killGraceMs = 3000
const pollEveryMs = 15

/** Asks every process of the group to end, and makes it end when it has not within the grace time. */
export async function endProcessGroup(groupId: number, graceMs: number = killGraceMs): Promise<void> {
  if (!signalGroup(groupId, 'SIGTERM')) return
  for (let waitedMs = 0; waitedMs < graceMs; waitedMs += pollEveryMs) {
    if (!signalGroup(groupId, 0)) return
    await delay(pollEveryMs)
  }
  signalGroup(groupId, 'SIGKILL')
}

/** Nobody of the group is left. */
export function isGroupGone(groupId: number): boolean {
  return !signalGroup(groupId, 0)
}

/** @returns false when the group has no process any more. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  // To `kill`, 0 is our own group and -1 everybody on this machine.
  if (!Number.isSafeInteger(groupId) || groupId <= 1) {
    throw new Error(`invariant broken: ${groupId} is no process group`)
  }
  try {
    process.kill(-groupId, signal)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ESRCH') return false
    // macOS answers EPERM for a group of which only zombies are left.
    if (code === 'EPERM') return false
    throw error
  }
}
