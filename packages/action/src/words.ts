import { type LaneOutcome, storeWords } from './outcome.ts'
import type { Failure, HeldBy } from './read-document.ts'
import type { Remark } from './runner.ts'

/** Text of others in Markdown: code, in which nothing is a link, a mention or markup. */
export function code(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  const fence = '`'.repeat(Math.max(0, ...(clean.match(/`+/g) ?? []).map(({ length }) => length)) + 1)
  const space = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return clean === '' ? '' : `${fence}${space}${clean.replaceAll('|', '\\|')}${space}${fence}`
}

/** `action:7:1`, since 2026-01-01T10:00:00Z, for ABC-12 */
export function heldByText({ name, since, task }: HeldBy, show: (text: string) => string = code): string {
  return `${show(name)}${since === '' ? '' : `, since ${show(since)}`}${task === '' ? '' : `, for ${show(task)}`}`
}

/** What a lane came to, for the summary of the job. */
export function laneSummary(lane: string, outcome: LaneOutcome): string {
  switch (outcome.outcome) {
    case 'acquired':
      return `✅ **Lane ${code(lane)}** is held by this job (token ${code(outcome.token)}).`
    case 'held_by_other':
      return outcome.isStepAside
        ? `➖ **Lane ${code(lane)}** is held by ${heldByText(outcome.heldBy)}. Its rule is \`when_held: skip\`: this job stepped aside.`
        : `⛔ **Lane ${code(lane)}** is held by ${heldByText(outcome.heldBy)}.`
    case 'store_disabled':
      return `⚠️ **Lane ${code(lane)}** is not held: the ${storeWords(outcome.failure.code)}. lanes.yaml lets the work go on, so nothing keeps it apart from others.`
    case 'error':
      return failureSummary(outcome.failure)
    default:
      return outcome satisfies never
  }
}

/** The same, for the log and the page of the run; null: nothing that somebody has to see. */
export function laneRemark(lane: string, outcome: LaneOutcome): Remark | null {
  const title = `lane ${lane}`
  switch (outcome.outcome) {
    case 'acquired':
      return null
    case 'held_by_other': {
      const message = `${lane} is held by ${heldByText(outcome.heldBy, plain)}`
      return outcome.isStepAside
        ? { severity: 'notice', title, message: `${message}; this job stepped aside (when_held: skip).` }
        : { severity: 'error', title, message: `${message}.` }
    }
    case 'store_disabled': {
      const why = storeWords(outcome.failure.code)
      return {
        severity: 'warning',
        title,
        message: `The ${why}: the work goes on without ${lane}, as lanes.yaml lets it.`,
      }
    }
    case 'error':
      return failureRemark(outcome.failure, title)
    default:
      return outcome satisfies never
  }
}

export function failureSummary({ code: name, message, hint }: Failure): string {
  return `❌ **${code(name)}** ${code(message)}${hint === '' ? '' : `\n\n${code(hint)}`}`
}

export function failureRemark({ code: name, message, hint }: Failure, title = name): Remark {
  return {
    severity: 'error',
    title,
    message: [`${name}: ${message}`, hint].filter((line) => line !== '').join('\n'),
  }
}

const plain = (text: string): string => text
