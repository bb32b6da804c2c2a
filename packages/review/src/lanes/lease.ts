import { formatDuration } from '@conduct/core'
import type { LaneUse } from '../evidence.ts'
import { inLane, type LanePair, standingOf } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { counted } from '../words.ts'

/** The length of a lease, held against how long the lane was really used. */
export function reviewLease(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  const at = inLane(pair, 'lease', 'ttlMs')
  const [old, now] = [before.lease.ttlMs, after.lease.ttlMs]
  const change = `a lease of lane "${name}" lasts ${formatDuration(now)} instead of ${formatDuration(old)}`
  if (now > old) {
    out.report('TTL_LENGTHENED', {
      severity: 'info',
      message: `${change}: so long does everybody wait for a holder who died`,
      ...at,
    })
  }
  if (now < old) {
    const { use, details } = standingOf(pair.sides.evidence, pair.nameBefore)
    const holds = use?.holds ?? null
    const usableMs = now - after.lease.marginMs
    out.report('TTL_SHORTENED', {
      severity: severityOf({ use, holds, usableMs }),
      message: `${change}; ${usedText({ use, holds, usableMs })}`,
      ...at,
      details: use === null ? details : [],
    })
  }
  if (after.lease.marginMs < before.lease.marginMs) {
    out.report('MARGIN_NARROWED', {
      severity: 'caution',
      message: `a holder of lane "${name}" has to stop ${formatDuration(after.lease.marginMs)} before the lease ends instead of ${formatDuration(before.lease.marginMs)}: less room for a slow clock or a slow stop`,
      ...inLane(pair, 'lease', 'marginMs'),
    })
  }
}

interface Used {
  readonly use: LaneUse | null
  readonly holds: LaneUse['holds']
  /** What a holder has of a lease that nobody renews: its ttl without the margin. */
  readonly usableMs: number
}

function severityOf({ use, holds, usableMs }: Used): 'info' | 'caution' | 'danger' {
  if (use === null) return 'caution'
  if (holds === null || holds.maxMs <= usableMs) return 'info'
  return holds.p50Ms > usableMs ? 'danger' : 'caution'
}

function usedText({ use, holds, usableMs }: Used): string {
  if (use === null) return 'how long it is really held could not be asked'
  if (holds === null) return 'nobody has handed it back lately'
  const known = `the last ${counted(holds.count, 'hold')} took ${formatDuration(holds.p50Ms)} in the middle and ${formatDuration(holds.maxMs)} at most`
  if (holds.maxMs <= usableMs) return `${known}, which it still covers`
  return `${known}, and who holds it without a process that renews would lose it after ${formatDuration(usableMs)}`
}
