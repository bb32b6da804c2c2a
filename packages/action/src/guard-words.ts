import { storeWords } from './outcome.ts'
import { type Failure, failureIn, holderIn, listIn, textIn } from './read-document.ts'
import type { Document } from './start-conduct.ts'
import { code, failureSummary, heldByText } from './words.ts'

export interface GuardOutcome {
  readonly outputs: {
    readonly outcome: 'clear' | 'held_by_other' | 'not_taken' | 'store_disabled' | 'error'
    readonly lanes: string
    readonly held_by: string
    readonly error: string
  }
  /** What passed without being judged. */
  readonly warning: string | null
  /** What has no annotation of conduct's own. */
  readonly failure: Failure | null
}

export function guardOutcome(document: Document): GuardOutcome {
  const needs = listIn(document, 'needs')
  const lanes = [...new Set(needs.map((need) => textIn(need, 'lane')))].join(',')
  const failure = failureIn(document)
  const store = textIn(document, 'store')
  const outputs = { lanes, held_by: '', error: '' }
  if (textIn(document, 'verdict') === 'clear' && failure === null) {
    if (store !== 'disabled' && store !== 'unreachable') {
      return { outputs: { ...outputs, outcome: 'clear' }, warning: null, failure: null }
    }
    const error = store === 'disabled' ? 'STORE_DISABLED' : 'STORE_UNREACHABLE'
    const warning = `The ${storeWords(error)}, so nobody knows whether ${lanes} is held; lanes.yaml lets it pass.`
    return { outputs: { ...outputs, outcome: 'store_disabled', error }, warning, failure: null }
  }
  if (store === 'asked') {
    const missing = needs.filter((need) => need['held_by_me'] !== true)
    const holder = missing.map(holderIn).find((one) => one !== null)
    const outcome = holder === undefined ? 'not_taken' : 'held_by_other'
    return { outputs: { ...outputs, outcome, held_by: holder?.name ?? '' }, warning: null, failure: null }
  }
  const told = failure ?? {
    code: 'NO_ANSWER',
    message: 'conduct gave an answer that is not known here',
    hint: '',
  }
  return { outputs: { ...outputs, outcome: 'error', error: told.code }, warning: null, failure: told }
}

const matchesMax = 20

/** For the summary of the job, and for its log. */
export function guardSummary(
  document: Document,
  { outputs, warning, failure }: GuardOutcome,
): { readonly markdown: string; readonly text: string } {
  if (failure !== null) return { markdown: failureSummary(failure), text: failure.message }
  const name = textIn(document, 'pull_request')
  const needs = listIn(document, 'needs')
  if (needs.length === 0) {
    return { markdown: `✅ ${code(name)} needs no lane.`, text: `${name} needs no lane.` }
  }
  const verdict =
    warning !== null
      ? '⚠️ passed without an answer'
      : outputs.outcome === 'clear'
        ? '✅ holds what it needs'
        : '⛔ is stopped'
  const rows = needs.map((need) => {
    const because = listIn(need, 'because').map((one) => textIn(one, 'match'))
    return { lane: textIn(need, 'lane'), holder: holderIn(need), take: textIn(need, 'take'), because }
  })
  const isKnown = warning === null
  const held = ({ holder }: (typeof rows)[number], show: (text: string) => string): string =>
    !isKnown ? 'unknown' : holder === null ? 'nobody' : heldByText(holder, show)
  const blocks = rows.map((row) => {
    const more = row.because.length > matchesMax ? `, and ${row.because.length - matchesMax} more` : ''
    const lines = [
      `**${code(row.lane)}**, held by ${held(row, code)}`,
      `because of ${row.because.slice(0, matchesMax).map(code).join(', ')}${more}`,
      ...(row.take === '' || !isKnown ? [] : [`To take it or join its line: ${code(row.take)}`]),
    ]
    return `- ${lines.join('<br>')}`
  })
  return {
    markdown: [
      `**${code(name)} ${verdict}**`,
      ...(warning === null ? [] : [warning]),
      blocks.join('\n'),
    ].join('\n\n'),
    text: rows
      .map((row) => {
        const next = row.take === '' || !isKnown ? '' : `\n  Next: ${row.take}`
        return `${name} needs ${row.lane} (${row.because.slice(0, matchesMax).join(', ')}); held by ${held(row, String)}.${next}`
      })
      .join('\n'),
  }
}
