import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newSecret } from './claim-secret.ts'
import { stateHome } from './stores/sqlite-place.ts'

/**
 * Secrets of unattended claims, between one command and the next: one private file per estate, holder name, place
 * (worktree or session) and lane. It never depends on process ids, since every command may come from a new shell.
 */
export interface ClaimFile {
  /** The secret to ask with: the one that is there, or a new one, written down before anything is asked. */
  secretFor(lane: string): string
  /** Null: nothing was asked from here. */
  read(lane: string): string | null
  /** After the claim has ended; a newer secret stays. */
  forget(lane: string, secret: string): void
}

export function openClaimFile(key: {
  readonly estate: string
  readonly holder: string
  /** Top folder of the worktree, or `CONDUCT_SESSION` where several share a folder. */
  readonly place: string
  readonly env?: NodeJS.ProcessEnv
}): ClaimFile {
  const name = createHash('sha256').update(`${key.holder}\0${key.place}`).digest('hex').slice(0, 24)
  const folder = join(stateHome(key.env), key.estate, 'claims', name)
  const pathOf = (lane: string): string => join(folder, encodeURIComponent(lane))
  const read = (lane: string): string | null => {
    try {
      const text = readFileSync(pathOf(lane), 'utf8').trim()
      return text === '' ? null : text
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null
      throw error
    }
  }
  return {
    read,
    secretFor: (lane) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const secret = newSecret()
      try {
        // Two commands at once: one creates it, both ask with it.
        writeFileSync(pathOf(lane), `${secret}\n`, { mode: 0o600, flag: 'wx' })
        return secret
      } catch (error) {
        if (!isErrno(error, 'EEXIST')) throw error
      }
      const found = read(lane)
      if (found !== null) return found
      writeFileSync(pathOf(lane), `${secret}\n`, { mode: 0o600 })
      return secret
    },
    forget: (lane, secret) => {
      if (read(lane) === secret) rmSync(pathOf(lane), { force: true })
    },
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
