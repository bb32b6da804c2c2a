import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { threadId } from 'node:worker_threads'

/**
 * Small files in the user's state home, in which processes leave to each other what they have seen. Each is replaced
 * in one move; of two that write at the same moment one may be forgotten. What nobody can read is nothing.
 */
export function readStateFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch {
    return null
  }
}

/** A full or forbidden disk keeps nothing: whoever writes here goes on with what it knows itself. */
export function writeStateFile(path: string, content: object): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const written = `${path}.${process.pid}.${threadId}`
    writeFileSync(written, JSON.stringify(content), { mode: 0o600 })
    renameSync(written, path)
  } catch {
    // Said above.
  }
}
