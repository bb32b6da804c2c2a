import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A wall clock for whole processes that can be set while they run; what time passes they still see. */
export interface ShiftedClock {
  readonly env: Readonly<Record<string, string>>
  set(offsetSeconds: number): void
}

/** The library of Debian's `faketime`; null where it is not installed. */
export const fakeTimeLibrary = findLibrary()

export function openShiftedClock(path: string, library: string): ShiftedClock {
  const set = (offsetSeconds: number): void => {
    writeFileSync(path, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}s\n`)
  }
  set(0)
  forgetTheKilled()
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_NO_CACHE: '1',
      // Setting a clock moves the wall clock only: no kernel lets the monotonic one go back.
      DONT_FAKE_MONOTONIC: '1',
    },
    set,
  }
}

const shared = '/dev/shm'

/**
 * The library keeps a piece of memory under each process id, which a killed process leaves behind. Whoever gets its
 * id later, some ten thousand processes on, would end at once: "shm_open failed: File exists".
 */
function forgetTheKilled(): void {
  if (!existsSync(shared)) return
  for (const name of readdirSync(shared)) {
    const [, pid] = /^(?:sem\.faketime_sem_|faketime_shm_)(\d+)$/.exec(name) ?? []
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(shared, name), { force: true })
  }
}

function findLibrary(): string | null {
  try {
    return execFileSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}
