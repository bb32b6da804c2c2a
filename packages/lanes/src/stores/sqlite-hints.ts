import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Tells that somebody on this machine may be committing. Only makes waits shorter: each hint may be missing. */
export interface CommitHints {
  /** Until a hint, at the latest after `ms`. @returns whether it was a hint. Rejects when `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<'hint' | 'late'>
  close(): void
}

/**
 * Watches the write-ahead log, by the notifications of the file system. They come when a commit is being written, a
 * little before it can be read. Where there are none, or no more of them may be had, polling alone has to do.
 */
export function watchCommits(path: string): CommitHints {
  const log = `${basename(path)}-wal`
  const waiting = new Set<() => void>()
  let watcher: FSWatcher | null | undefined
  const wake = (): void => {
    for (const resolve of waiting) resolve()
  }
  const lose = (): void => {
    watcher?.close()
    watcher = null
  }
  const open = (): void => {
    try {
      // The folder: the log itself comes and goes with the connections.
      watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
        if (name === null || name === log) wake()
      })
      watcher.on('error', lose)
    } catch {
      watcher = null
    }
  }
  return {
    wait: (ms, signal) => {
      if (watcher === undefined) open()
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error)
        const end = (answer: () => void): void => {
          clearTimeout(timer)
          waiting.delete(onHint)
          signal?.removeEventListener('abort', onAbort)
          answer()
        }
        const onHint = (): void => end(() => resolve('hint'))
        const onAbort = (): void => end(() => reject(signal?.reason as Error))
        const timer = setTimeout(() => end(() => resolve('late')), ms)
        waiting.add(onHint)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    close: () => watcher?.close(),
  }
}
