import { Socket } from 'node:net'
import type { Client, ClientConfig } from 'pg'
import { hintChannel } from './postgres-transaction.ts'

/** After a connection for hints broke, the next is tried so much later, at most the second. */
const againMsFirst = 1000
const againMsMax = 60_000

/**
 * Notifications of writes, on a connection of their own that is opened with the first wait. They only make waits
 * shorter: each may be lost, and behind a pooler that lends connections by transaction all of them are.
 */
export interface Hints {
  /** From now on, until `stop`, `onHint` is called for writes of that key. */
  watch(key: string, onHint: () => void): Watched
  close(): Promise<void>
}

export interface Watched {
  /** Resolves when hints may come: the server was told, or could not be. */
  readonly listening: Promise<void>
  stop(): void
}

export function makeHints(config: ClientConfig): Hints {
  const watchers = new Map<string, Set<() => void>>()
  let client: Client | null = null
  let isClosed = false
  let againMs = againMsFirst
  let notBeforeMs = 0
  /** Of the connection that is there or being made. */
  let listening: Promise<void> | null = null

  const lose = (lost: Client): void => {
    if (client !== lost) return
    client = null
    listening = null
    notBeforeMs = performance.now() + againMs
    againMs = Math.min(againMs * 2, againMsMax)
    void lost.end().catch(() => undefined)
  }
  const listen = async (): Promise<void> => {
    const { Client } = await import('pg')
    if (isClosed) return
    const opened = new Client(config)
    client = opened
    opened.on('error', () => lose(opened))
    opened.on('end', () => lose(opened))
    opened.on('notification', ({ payload = '' }) => {
      for (const onHint of watchers.get(payload) ?? []) onHint()
    })
    try {
      await opened.connect()
      const { stream } = opened.connection
      // Whoever waits has a timer of its own; this connection keeps no process alive.
      if (stream instanceof Socket) stream.unref()
      await opened.query(`listen ${hintChannel}`)
      againMs = againMsFirst
      if (isClosed) await opened.end()
    } catch {
      lose(opened)
    }
  }

  return {
    watch: (key, onHint) => {
      const watching = watchers.get(key) ?? new Set()
      watchers.set(key, watching.add(onHint))
      if (listening === null && !isClosed && performance.now() >= notBeforeMs) listening = listen()
      return {
        listening: listening ?? Promise.resolve(),
        stop: () => {
          watching.delete(onHint)
          if (watching.size === 0) watchers.delete(key)
        },
      }
    },
    close: async () => {
      isClosed = true
      await client?.end().catch(() => undefined)
    },
  }
}

/** For a place where nobody is told anything. */
export const noHints: Hints = {
  watch: () => ({ listening: Promise.resolve(), stop: () => undefined }),
  close: async () => undefined,
}
