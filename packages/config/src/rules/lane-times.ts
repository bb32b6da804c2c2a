/** Times of a lease, as they will be in force. */
import { formatDuration, parseDuration } from '@conduct/core'
import type { Cursor } from '../cursor.ts'
import { laneDefaults } from '../defaults.ts'
import { isGitStore } from '../wire.ts'
import { presetOf } from './lane-values.ts'
import type { RuleContext } from './rule-context.ts'

interface Time {
  readonly name: 'ttl' | 'renew' | 'margin'
  readonly ms: number
  readonly declared: Cursor | null
}

export function checkLaneTimes(context: RuleContext): void {
  const isGit = isGitStore(context.root.get('store').text() ?? 'sqlite')
  for (const [, lane] of context.root.get('lanes').entries()) {
    checkNotZero(context, lane)
    const ttl = timeOf(lane, 'ttl', laneDefaults.ttlMs)
    const renew = timeOf(lane, 'renew', isGit ? laneDefaults.renewMsGit : laneDefaults.renewMs)
    const margin = timeOf(lane, 'margin', laneDefaults.marginMs)
    if (ttl === null || renew === null || margin === null) continue
    const needed = renew.ms * 3 + margin.ms
    if (needed >= ttl.ms) {
      const sum = `renew × 3 + margin = ${formatDuration(renew.ms)} × 3 + ${formatDuration(margin.ms)} = ${formatDuration(needed)}`
      report(context, lane, {
        times: [ttl, renew, margin],
        message: `${sum} does not fit below ttl ${formatDuration(ttl.ms)}`,
      })
    }
    if (margin.ms * 20 < ttl.ms) {
      report(context, lane, {
        times: [margin, ttl],
        message: `margin ${formatDuration(margin.ms)} is less than a twentieth of ttl ${formatDuration(ttl.ms)} (${formatDuration(ttl.ms / 20)}): slow clocks would overlap`,
      })
    }
    if (isGit && renew.ms < laneDefaults.renewMsGit) {
      context.sink.report('LEASE_RENEW_GIT', (renew.declared ?? lane.get('use')).span, {
        message: `renew ${formatDuration(renew.ms)} means a push to the store's repository that often`,
        related: [{ span: context.root.get('store').span, message: 'the store is a git repository' }],
      })
    }
  }
}

/** The first declared value is the first to change; the other declared ones are related. */
function report(
  { sink }: RuleContext,
  lane: Cursor,
  { times, message }: { readonly times: readonly Time[]; readonly message: string },
): void {
  const declared = times.flatMap((time) =>
    time.declared === null ? [] : [{ name: time.name, span: time.declared.span }],
  )
  const [first, ...others] = declared
  sink.report('LEASE_TIMES', first?.span ?? lane.ownKeySpan, {
    message,
    related: others.map(({ name, span }) => ({ span, message: name })),
  })
}

/** Null when the declared text is no duration: then that is the finding. */
function timeOf(lane: Cursor, name: Time['name'], defaultMs: number): Time | null {
  const declared = lane.get('lease').get(name)
  if (declared.exists) {
    const ms = parseDuration(declared.text() ?? '')
    return ms === null ? null : { name, ms, declared }
  }
  const preset = presetOf(lane).lease?.[name]
  return { name, ms: preset === undefined ? defaultMs : (parseDuration(preset) ?? defaultMs), declared: null }
}

function checkNotZero({ sink }: RuleContext, lane: Cursor): void {
  const times = [
    ...['ttl', 'renew', 'margin'].map((name) => lane.get('lease').get(name)),
    ...['ttl', 'accept'].map((name) => lane.get('waiting').get(name)),
    lane.get('approval').get('expires'),
  ]
  for (const time of times) {
    if (parseDuration(time.text() ?? '') !== 0) continue
    sink.report('VALUE_RANGE', time.span, { message: `${time.name} must be longer than nothing` })
  }
}
