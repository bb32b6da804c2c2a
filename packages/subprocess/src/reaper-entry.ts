import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import { endProcessGroup, isGroupGone, killGraceMs } from './process-group.ts'
import { type Moments, type ReaperOrder, readMoments } from './reaper-protocol.ts'

/**
 * Entry of the process that ends commands when whoever started them no longer can: it was killed (its end of the
 * pipe closes), or it is stopped or hangs while the lease under which they run comes to its end.
 *
 * It is the leader of a process group of its own and leaves last: as long as that group exists, a command may.
 */
const lookEveryMs = 100
const goneMsMax = 10_000
const pollMs = 10

/** Process group → a folder that nobody else would remove. */
const groups = new Map<number, string | null>()
let deadline: Moments | null = null
let stopMs = 0

// A Ctrl-C in the terminal is for conduct, which ends its commands itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)

createInterface({ input: process.stdin })
  .on('line', (line) => follow(JSON.parse(line) as ReaperOrder))
  .once('close', () => void endAll(killGraceMs).then(() => process.exit(0)))

setInterval(() => {
  if (deadline === null || groups.size === 0) return
  const now = readMoments()
  const leftMs = Math.min(deadline.monotonicMs - now.monotonicMs, deadline.bootMs - now.bootMs)
  if (leftMs > stopMs) return
  void endAll(Math.max(0, Math.min(killGraceMs, leftMs / 2)))
}, lookEveryMs)

function follow(order: ReaperOrder): void {
  switch (order.kind) {
    case 'add':
      groups.set(order.group, order.leftover)
      return undefined
    case 'remove':
      groups.delete(order.group)
      return undefined
    case 'deadline':
      deadline = order.deadline
      stopMs = order.stopMs
      return undefined
  }
}

async function endAll(graceMs: number): Promise<void> {
  const ending = [...groups]
  groups.clear()
  await Promise.all(
    ending.map(async ([group, leftover]) => {
      await endProcessGroup(group, graceMs)
      for (let waitedMs = 0; !isGroupGone(group) && waitedMs < goneMsMax; waitedMs += pollMs)
        await delay(pollMs)
      // What cannot be removed stays; the other groups still have to end.
      if (leftover !== null)
        await rm(leftover, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
    }),
  )
}
