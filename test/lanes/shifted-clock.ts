import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

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

function findLibrary(): string | null {
  try {
    return execFileSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}
