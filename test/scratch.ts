import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Memory that a whole run of the tests may fill, with room to spare. */
const memoryBytesMin = 8 * 1024 ** 3
const memory = '/dev/shm'
/** Of the names of all folders that `makeScratch` makes. */
export const scratchPrefix = 'conduct-tests-'

/**
 * A folder for everything the tests write. In memory where the machine has enough of it: what is under test dies by
 * signals and not by power cuts, and a quarter of the suite's time in the kernel was the disk's.
 */
export function makeScratch(): string {
  if (!isRoomy(memory)) return mkdtempSync(join(tmpdir(), scratchPrefix))
  for (const name of readdirSync(memory)) if (isLeftBehind(name)) tryToRemove(join(memory, name))
  const folder = mkdtempSync(join(memory, `${scratchPrefix}${process.pid}-`))
  if (runsPrograms(folder)) return folder
  rmSync(folder, { recursive: true })
  return mkdtempSync(join(tmpdir(), scratchPrefix))
}

export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** Another user's stays. */
function tryToRemove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    console.warn(`${folder} of a killed run stays: ${String(error)}`)
  }
}

function isRoomy(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= memoryBytesMin
}

/** Containers often mount it without. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, 'program')
  try {
    writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    execFileSync(program)
    return true
  } catch {
    return false
  } finally {
    rmSync(program, { force: true })
  }
}

/** The run that made it was killed. */
function isLeftBehind(name: string): boolean {
  const pid = name.startsWith(scratchPrefix)
    ? Number.parseInt(name.slice(scratchPrefix.length), 10)
    : Number.NaN
  if (Number.isNaN(pid)) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // EPERM: it runs, for somebody else.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
