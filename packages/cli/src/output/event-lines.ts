import {
  askedSentence,
  type ConductEvent,
  formatDuration,
  printableLine,
  printableLines,
} from '@conduct/core'
import type { Style } from './style.ts'

/** How much of what happens is shown: `progress` lines only tell that something is going on. */
export interface EventLine {
  readonly text: string
  /** False: worth showing only while one waits, lost without regret when the command is quick. */
  readonly isLasting: boolean
}

/** What happens to a lane in every run. */
const routineChanges: ReadonlySet<string> = new Set(['renewed', 'granted', 'kept', 'released'])

const PHASE_WIDTH = 11
const SUMMARY_WIDTH = 58
const TIME_WIDTH = 6

/** The sentence for an event, or null when it is not worth a line at this verbosity. */
export function eventLine(
  event: ConductEvent,
  options: { readonly style: Style; readonly isVerbose: boolean },
): EventLine | null {
  const { style, isVerbose } = options
  switch (event.type) {
    case 'run_opened':
      return lasting(
        `${style.bold(`Train ${event.train}, run ${event.run}`)}${event.kind === 'resume' ? ', resumed' : ''}`,
      )
    case 'run_planned': {
      if (!isVerbose) return null
      const what = `${count(event.packages, 'package')}, ${count(event.consumers, 'consumer')}`
      const approval =
        event.approvedBy === null ? 'not approved yet' : `approved by ${printableLine(event.approvedBy)}`
      return lasting(style.dim(`    plan ${event.planId}: ${what}, ${approval}`))
    }
    case 'approval_asked':
      // A run that hands its lane back says so as it ends.
      return event.asked.isHeld
        ? lasting(
            `    ${style.yellow(printableLine(askedSentence(event.asked)))}; the lane is kept meanwhile`,
          )
        : null
    case 'phase_started':
      return isVerbose ? lasting(style.dim(`  … ${event.phase}`)) : null
    case 'phase_ended': {
      const took = style.dim(formatDuration(event.durationMs).padStart(TIME_WIDTH))
      const mark = {
        done: style.green('✔'),
        failed: style.red('✖'),
        waiting: style.yellow('…'),
        skipped: style.dim('-'),
      }
      return lasting(
        `  ${mark[event.outcome]} ${event.phase.padEnd(PHASE_WIDTH)} ${printableLine(firstLine(event.summary)).padEnd(SUMMARY_WIDTH)} ${took}`,
      )
    }
    case 'step_changed': {
      const where = event.repo === null ? '' : `${event.repo}: `
      const evidence = event.evidence === null ? '' : ` (${printableLine(event.evidence)})`
      const action = printableLine(event.action)
      const isTrouble = event.state === 'failed' || event.state === 'unknown'
      if (isTrouble) return lasting(`    ${style.red(event.state)}: ${where}${action}${evidence}`)
      if (isVerbose) return lasting(style.dim(`    ${event.state}: ${where}${action}${evidence}`))
      if (event.state === 'running') return { text: style.dim(`    ${where}${action}`), isLasting: false }
      if (event.state !== 'already') return null
      return { text: style.dim(`    ${where}${action}: already done`), isLasting: false }
    }
    case 'preflight_row': {
      const { row } = event
      const text = `${row.check}:${event.repo}: ${printableLine(row.detail)}`
      if (row.verdict === 'red') {
        return lasting(
          `    ${row.overridden === true ? style.yellow('overridden') : style.red('red')} ${text}`,
        )
      }
      if (row.verdict === 'unknown') return lasting(`    ${style.yellow('unknown')} ${text}`)
      return isVerbose
        ? lasting(style.dim(`    ${row.verdict.replace('_', ' ')} ${text} (${row.covered})`))
        : null
    }
    case 'lane_changed': {
      const text = `lane ${event.lane}: ${event.change.replace('_', ' ')}${event.detail === '' ? '' : `, ${printableLine(event.detail)}`}`
      const isRoutine = routineChanges.has(event.change)
      if (isRoutine && !isVerbose) return null
      return lasting(event.change === 'lost' ? style.red(text) : text)
    }
    case 'command_output':
      return isVerbose ? lasting(style.dim(`    ${event.repo ?? ''}│ ${printableLine(event.line)}`)) : null
    case 'warning':
      return lasting(`${style.yellow(`warning ${event.code}`)}: ${printableLines(event.message)}`)
    case 'progress':
      return { text: style.dim(printableLine(event.message)), isLasting: false }
    default:
      return event satisfies never
  }
}

/** What follows was said before, row by row. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function lasting(text: string): EventLine {
  return { text, isLasting: true }
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
