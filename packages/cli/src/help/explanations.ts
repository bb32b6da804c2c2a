import { errorCodes, type ExitCode, findingCodes, reviewCodes } from '@conduct/core'
import type { Style } from '../output/style.ts'
import { hangWords } from '../output/wrap-words.ts'
import { byThenOf } from './exit-meanings.ts'

export interface Explanation {
  readonly code: string
  readonly kind: 'error' | 'finding' | 'consequence'
  readonly meaning: string
  /** What was, or was not, done when it is said. */
  readonly by_then: string
  readonly remedy: string
  /** Null: it depends on the case. */
  readonly exit: number | null
}

export function listExplanations(): readonly Explanation[] {
  const errors = Object.entries(errorCodes).map(([code, { meaning, remedy, exit }]) => ({
    code,
    kind: 'error' as const,
    meaning,
    by_then: errorByThen(exit),
    remedy,
    exit,
  }))
  const findings = Object.entries(findingCodes).map(([code, { meaning, remedy, severity }]) => ({
    code,
    kind: 'finding' as const,
    meaning,
    by_then:
      severity === 'error'
        ? 'Nothing was opened or changed: no command goes by a lanes.yaml with an error.'
        : 'It is a warning: commands go by this lanes.yaml all the same.',
    remedy,
    exit: severity === 'error' ? 2 : 0,
  }))
  const consequences = Object.entries(reviewCodes).map(([code, { meaning, remedy }]) => ({
    code,
    kind: 'consequence' as const,
    meaning,
    by_then: 'Nothing was changed: review only looks, and whoever merges decides.',
    remedy,
    exit: null,
  }))
  return [...errors, ...findings, ...consequences].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** Exit codes 1, 3, 6, 8, 13 and 30 promise it; where something was irreversible before, the exit code is another. */
function errorByThen(exit: ExitCode): string {
  const said = byThenOf(exit).replaceAll('`', '')
  return said.includes('in this run')
    ? `${said} Exit 7 or 9 with this code: something irreversible was done before it; resume finishes the run.`
    : said
}

export function explanationText(found: Explanation, style: Style): string {
  const { code, kind, meaning, by_then: byThen, remedy, exit } = found
  const end = exit === null ? 'exit 12 where it is a danger' : `exit ${exit}`
  const line = (label: string, words: string) =>
    `  ${style.bold(label.padEnd(labelWidth))}  ${hangWords(words, { at: labelWidth + 4, width: style.width })}\n`
  return [
    `${style.bold(code)} (${kind}, ${end})\n`,
    line('Means', meaning),
    line('By then', byThen),
    line('What to do', remedy),
  ].join('')
}

const labelWidth = 'What to do'.length
