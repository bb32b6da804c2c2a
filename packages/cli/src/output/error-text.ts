import { type ConductError, printableLine, printableLines } from '@conduct/core'
import { commandsAsTyped } from './as-typed.ts'
import { paintFindings } from './paint-findings.ts'
import type { Style } from './style.ts'

/** What failed, what to do, and the next command: the form of every error a person sees. */
export function errorText(error: ConductError, style: Style, launcher: string): string {
  const { frames } = error.details
  const lines = [
    ...(typeof frames === 'string' ? [paintFindings(frames, style)] : []),
    `${style.red(style.bold(`error ${error.code}`))}: ${printableLines(error.message)}`,
  ]
  if (error.hint !== '')
    lines.push(`  ${style.dim('=')} ${printableLines(commandsAsTyped(error.hint, launcher))}`)
  if (error.irreversibleDone)
    lines.push(`  ${style.dim('=')} Something irreversible was done before this happened.`)
  if (error.next !== null) lines.push(nextLine(error.next, style))
  return `${lines.join('\n')}\n`
}

/** Always the last line. */
export function nextLine(command: string, style: Style, label = 'Next:'): string {
  const shown = printableLine(command)
  return label === '' ? shown : `${style.bold(label)} ${shown}`
}
