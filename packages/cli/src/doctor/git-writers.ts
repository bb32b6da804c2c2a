import type { LaneDefinition } from '@conduct/lanes/engine'
import type { DoctorCheck, DoctorSection } from './check.ts'

/** What forges advise: so many pushes a minute to one repository, of all writers together. */
export const PUSHES_PER_MINUTE_MAX = 6

export interface WritingLane {
  readonly lane: string
  readonly definition: Pick<LaneDefinition, 'limit' | 'renewMs' | 'scope'>
  /** How many resources it can be held for side by side. */
  readonly resources: number
}

/** Every lease that renews itself is a writer. With all places of all lanes taken, do they stay below the advice? */
export function addUpWriters(lanes: readonly WritingLane[]): DoctorSection {
  const rates = lanes.map((lane) => ({ ...lane, perMinute: pushesPerMinute(lane) }))
  const perMinute = rates.reduce((sum, rate) => sum + rate.perMinute, 0)
  const isTooMuch = perMinute > PUSHES_PER_MINUTE_MAX
  const total: DoctorCheck = {
    check: 'all lanes',
    verdict: isTooMuch ? 'failed' : 'ok',
    detail: `${count(perMinute)} with every place of every lane taken at once; forges advise at most ${PUSHES_PER_MINUTE_MAX}.`,
    remedy: isTooMuch
      ? `Renew less often (lease.renew in lanes.yaml, ${roundUp(perMinute / PUSHES_PER_MINUTE_MAX)} times as long), or use another kind of store.`
      : null,
  }
  return {
    section: 'writers',
    about: 'renewals as pushes a minute',
    checks: [...rates.map(checkLane), total],
  }
}

function checkLane(rate: WritingLane & { readonly perMinute: number }): DoctorCheck {
  const { lane, definition, resources, perMinute } = rate
  const { limit, renewMs } = definition
  const isTooMuch = perMinute > PUSHES_PER_MINUTE_MAX
  const places = resources === 1 ? `${limit}` : `${limit} × ${resources} resources`
  return {
    check: lane,
    verdict: isTooMuch ? 'failed' : 'ok',
    detail: `Up to ${places} at once, each renewing every ${renewMs / 1000} s: ${count(perMinute)}.`,
    remedy: isTooMuch
      ? `Let it renew every ${roundUp((limit * resources * 60) / PUSHES_PER_MINUTE_MAX)} s or more rarely (lease.renew, then lane apply).`
      : null,
  }
}

export function pushesPerMinute({ definition, resources }: WritingLane): number {
  return (definition.limit * resources * 60_000) / definition.renewMs
}

function count(perMinute: number): string {
  const shown = Math.round(perMinute * 10) / 10
  return `${shown} ${shown === 1 ? 'push' : 'pushes'} a minute`
}

function roundUp(value: number): number {
  return Math.ceil(value * 10) / 10
}
