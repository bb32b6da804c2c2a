import { inLane, type LanePair, standingOf } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { missingFrom, named } from '../words.ts'

/** Captains and holders: who may steer the line, who may take the lane. */
export function reviewPeople(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  const added = missingFrom(after.captains, before.captains)
  const removed = missingFrom(before.captains, after.captains)
  const at = inLane(pair, 'captains')
  if (added.length > 0) {
    out.report('CAPTAIN_ADDED', {
      severity: 'caution',
      message: `${named(added)} may reorder and pause the line of lane "${name}" and take it from its holder`,
      ...at,
    })
  }
  if (removed.length > 0) {
    const rest =
      after.captains.length === 0
        ? 'and nobody is left who can take it from a holder that hangs'
        : `which leaves ${named(after.captains)}`
    out.report('CAPTAIN_REMOVED', {
      severity: after.captains.length === 0 ? 'danger' : 'caution',
      message: `${named(removed)} may no longer steer lane "${name}", ${rest}`,
      ...at,
    })
  }
  if (added.length + removed.length === 0) out.explain(at.at)
  reviewHolders(pair, out)
}

function reviewHolders(pair: LanePair, out: Reporter): void {
  const { name } = pair
  const [before, after] = [pair.before.holders, pair.after.holders]
  const at = inLane(pair, 'holders')
  const opened = after === null ? (before === null ? null : 'everybody') : gained(before, after)
  if (opened !== null) {
    out.report('HOLDERS_WIDENED', {
      severity: 'caution',
      message: `${opened} may hold lane "${name}" without being assigned`,
      ...at,
    })
  }
  if (after === null) return
  const lost = before === null ? null : missingFrom(before, after)
  if (before !== null && lost?.length === 0) return out.explain(at.at)
  const { use, details } = standingOf(pair.sides.evidence, pair.nameBefore)
  const inside = [...(use?.holders ?? []), ...(use?.waiting ?? [])].map(({ holder }) => holder)
  const shutOut = [...new Set(inside)].filter((holder) => !isNamedIn(after, holder))
  const who = lost === null ? `only ${named(after)} may` : `${named(lost)} may no longer`
  out.report('HOLDERS_NARROWED', {
    severity: shutOut.length > 0 || use === null ? 'caution' : 'info',
    message: `${who} hold lane "${name}" without being assigned${shutOut.length > 0 ? `, and ${named(shutOut)} ${shutOut.length === 1 ? 'is' : 'are'} in it now` : ''}`,
    ...at,
    details: use === null ? details : [],
  })
}

function gained(before: readonly string[] | null, after: readonly string[]): string | null {
  const fresh = before === null ? [] : missingFrom(after, before)
  return fresh.length === 0 ? null : named(fresh)
}

/** `cli:ana@host#app` and `agent:ana-3` are `ana`. */
function isNamedIn(people: readonly string[], holder: string): boolean {
  const name = holder.replace(/^[^:]*:/, '').replace(/[@#].*$/, '')
  return people.includes(name) || people.includes(name.replace(/-\d+$/, ''))
}
