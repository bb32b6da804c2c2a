import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What tells one boot of this host from another, and its monotonic clock, both shared by all its processes.
 *
 * Linux: the kernel's boot id; `process.hrtime` is CLOCK_MONOTONIC. macOS: the boot session's uuid.
 */
export function readBootId(): string {
  bootId ??= process.platform === 'darwin' ? readMacBootId() : readLinuxBootId()
  return bootId
}

/** Milliseconds on the host's monotonic clock: the same number in every process, also in another time namespace. */
export function hostMonotonicMs(): number {
  timeNamespaceOffsetMs ??= readTimeNamespaceOffsetMs()
  return Number(process.hrtime.bigint() / 1000n) / 1000 - timeNamespaceOffsetMs
}

let bootId: string | undefined
let timeNamespaceOffsetMs: number | undefined

function readLinuxBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function readMacBootId(): string {
  return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim()
}

/** A Linux time namespace shifts its processes' monotonic clock by a constant. */
function readTimeNamespaceOffsetMs(): number {
  if (process.platform !== 'linux') return 0
  let text: string
  try {
    text = readFileSync('/proc/self/timens_offsets', 'utf8')
  } catch {
    return 0
  }
  const match = /^monotonic\s+(-?\d+)\s+(-?\d+)$/m.exec(text)
  return match === null ? 0 : Number(match[1]) * 1000 + Number(match[2]) / 1e6
}
