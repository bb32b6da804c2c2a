import { printableLine } from '@conduct/core'
import type { JudgedNeed } from '@conduct/guard'
import { holderText, resourcesText } from '../lane/text.ts'
import type { Style } from '../output/style.ts'
import type { CountedCandidate } from './count-candidates.ts'
import type { Smuggling } from './smuggling.ts'
import type { GuardClaim } from './ask-store.ts'

/** Reasons shown of each lane; the rest is counted. */
const reasonsMax = 6

export function needText(need: JudgedNeed<GuardClaim>, style: Style): string {
  const mark = need.isHeldByMe ? style.green('✔') : style.red('✖')
  const covered = need.resources === null ? '' : ` ${resourcesText(need.resources)}`
  const shown = need.because.slice(0, reasonsMax).map(({ kind, rule, match, isCertain }) => {
    const unsure = isCertain ? '' : ', as far as can be told without running it'
    const by = match === rule ? kind : `${kind} ${JSON.stringify(rule)}`
    return `    ${printableLine(match)} ${style.dim(`(${by}${unsure})`)}\n`
  })
  const more = need.because.length - shown.length
  const rest = more === 0 ? '' : `    and ${more} more\n`
  return `${mark} ${style.bold(need.lane)}${covered} ${stateText(need)}\n${shown.join('')}${rest}`
}

function stateText({ isHeldByMe, holder, place, resources }: JudgedNeed<GuardClaim>): string {
  if (isHeldByMe) return 'is needed, and you hold it.'
  const unknown = resources === null ? ' (which of its resources, nobody said)' : ''
  const own =
    place === null
      ? ''
      : place.state === 'offered'
        ? ' Your turn has come: take it.'
        : ' You stand in its line already.'
  if (holder === null) return `is needed${unknown}, nobody holds it, and you have not taken it.${own}`
  return `is needed${unknown}, and it is held by ${holderText(holder)}.${own}`
}

/** A candidate is no lane: what is counted stops nobody. */
export function candidateText(
  { candidate, outcome, conflicts, problem }: CountedCandidate,
  style: Style,
): string {
  const name = `${style.dim('·')} ${style.bold(candidate)} is no lane yet`
  if (problem !== null) return `${name}; it was not counted: ${printableLine(problem.replace(/\.$/, ''))}.\n`
  const others = [...new Set(conflicts.flatMap(({ others: each }) => each))]
  if (outcome === 'alone') return `${name}; nobody else is at it.\n`
  const again = outcome === 'known' ? ', which was counted before' : ', which was counted'
  return `${name}; ${printableLine(others.join(', '))} changed it too within a day${again}. Nothing is enforced.\n`
}

/** What is smuggled, with what to do about it; and what nobody could look into. */
export function smugglingText({ signals, unknown }: Smuggling, style: Style): string {
  const found = signals
    .slice(0, reasonsMax)
    .map(
      ({ place, why, remedy }) =>
        `${style.yellow('!')} ${printableLine(`${place.file}:${place.line}`)}: ${printableLine(why)}\n    ${printableLine(remedy)}\n`,
    )
  const more = signals.length > reasonsMax ? [`  and ${signals.length - reasonsMax} more\n`] : []
  const unread = unknown.map(
    (each) => `${style.dim('?')} Not known: ${printableLine(each.replace(/\.$/, ''))}.\n`,
  )
  return [...found, ...more, ...unread].join('')
}
