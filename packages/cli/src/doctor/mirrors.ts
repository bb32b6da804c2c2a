import { join } from 'node:path'
import { formatDuration } from '@conduct/core'
import { lookAtMirrors as look, type MirrorsLook } from '@conduct/git'
import { type DoctorCheck, okCheck } from './check.ts'
import type { Found } from './look.ts'

/** Less than this is filled by one fetch and the packages that it installs. */
const availableBytesMin = 1024 ** 3

export async function lookAtMirrors(options: {
  readonly cacheDir: string
  readonly nowMs: number
}): Promise<Found> {
  const seen = await look({ cacheDir: join(options.cacheDir, 'mirrors'), nowMs: options.nowMs })
  const checks = [sizeCheck(seen, options.nowMs), ...pruneChecks(seen), diskCheck(seen)]
  return [{ section: 'mirrors', about: seen.folder, checks }]
}

function sizeCheck({ mirrors, isAllCounted }: MirrorsLook, nowMs: number): DoctorCheck {
  if (mirrors.length === 0)
    return okCheck('size', 'There is none yet; the first plan fetches each repository.')
  const bytes = mirrors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const oldest = Math.min(...mirrors.map(({ usedMs }) => usedMs))
  const used = formatDuration(Math.max(0, nowMs - oldest))
  const count = mirrors.length === 1 ? '1 mirror' : `${mirrors.length} mirrors`
  return okCheck(
    'size',
    `${count}, ${isAllCounted ? '' : 'more than '}${formatBytes(bytes)}; the one that was used longest ago: ${used} ago.`,
  )
}

function pruneChecks({ prunable: { mirrors, worktrees } }: MirrorsLook): readonly DoctorCheck[] {
  if (mirrors.length + worktrees.length === 0) return []
  const detail = `${mirrors.length} that nobody used for 30 days and ${worktrees.length} worktrees of processes that have ended: the next plan or run removes them.`
  return [okCheck('prune', detail)]
}

function diskCheck({ availableBytes, folder }: MirrorsLook): DoctorCheck {
  if (availableBytes === null) {
    return { check: 'disk', verdict: 'unknown', detail: 'The disk does not say what is left.', remedy: null }
  }
  const detail = `${formatBytes(availableBytes)} are left on the disk.`
  if (availableBytes >= availableBytesMin) return okCheck('disk', detail)
  const remedy = `Make room, or set XDG_CACHE_HOME to a larger disk. ${folder} may be deleted while no run is under way.`
  return { check: 'disk', verdict: 'failed', detail, remedy }
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** In steps of 1000, as disks are sold. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const shown = value < 10 && unit > 0 ? value.toFixed(1) : value.toFixed(0)
  return `${shown} ${units[unit] ?? 'B'}`
}
