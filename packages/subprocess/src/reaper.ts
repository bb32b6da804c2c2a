import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

import { invariant } from '@conduct/core'

import { type RunCommand, runCommand } from './command.ts'
import { type ReaperOrder, readMoments } from './reaper-protocol.ts'

/**
 * Runs commands that end with this process, however it ends: `kill -9` and SIGSTOP included.
 *
 * Promise: while a command or anything it started in its process group may still run after this process is gone,
 * the reaper's own group exists. Not promised: commands that leave their process group.
 */
export interface Reaper extends AsyncDisposable {
  /** Process group of the reaper; it disappears after the last command's group. */
  readonly group: number
  readonly runCommand: RunCommand
  /**
   * Commands are ended when `leftMs` from now are over but for `stopMs`, unless a later moment is told before; null:
   * only the death of this process ends them.
   */
  holdFor(time: { readonly leftMs: number; readonly stopMs: number } | null): void
}

export async function startReaper(): Promise<Reaper> {
  const entry = createRequire(import.meta.url).resolve('#reaper')
  const child = spawn(process.execPath, [entry], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', reject)
  })
  const group = child.pid
  invariant(group !== undefined, 'a spawned process has a pid')
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.unref()
  // A reaper that has ended is noticed when it is disposed; until then commands run as without one.
  child.stdin.on('error', () => undefined)
  const tell = (order: ReaperOrder): void => void child.stdin.write(`${JSON.stringify(order)}\n`)

  return {
    group,
    holdFor: (time) => {
      if (time === null) return tell({ kind: 'deadline', deadline: null, stopMs: 0 })
      const { monotonicMs, bootMs } = readMoments()
      const deadline = { monotonicMs: monotonicMs + time.leftMs, bootMs: bootMs + time.leftMs }
      return tell({ kind: 'deadline', deadline, stopMs: time.stopMs })
    },
    runCommand: async (command, options) => {
      let commandGroup: number | null = null
      try {
        return await runCommand(command, {
          ...options,
          onGroup: (started) => {
            commandGroup = started
            tell({ kind: 'add', group: started })
            options.onGroup?.(started)
          },
        })
      } finally {
        if (commandGroup !== null) tell({ kind: 'remove', group: commandGroup })
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.ref()
      child.stdin.end()
      await exited
    },
  }
}
