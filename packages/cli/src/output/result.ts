import type { ConductError } from '@conduct/core'
import type { CommandOutcome } from '../command.ts'
import { toWireDocument } from '../wire.ts'
import { workflowCommand } from './annotation.ts'
import { errorText, nextLine } from './error-text.ts'
import { outgoingJson } from './outgoing.ts'
import type { Sink } from './stream.ts'
import type { Style } from './style.ts'

export interface Printer {
  readonly stdout: Sink
  readonly stderr: Sink
  readonly outStyle: Style
  readonly errStyle: Style
  /** Where the runner of a CI system takes commands from us; null: there is none. */
  readonly workflow: Sink | null
  readonly isJson: boolean
  /** What `conduct` has to be typed as here. */
  readonly launcher: string
}

/** Prints what a command came to: one JSON document, or text whose last line is the next command. */
export function printOutcome(printer: Printer, command: string, outcome: CommandOutcome): void {
  const { stdout, outStyle, isJson, launcher } = printer
  for (const annotation of outcome.annotations ?? []) printer.workflow?.write(workflowCommand(annotation))
  if (isJson) {
    const ok = outcome.ok ?? (outcome.exit === 0 || outcome.exit === EXIT_HELD)
    const error = outcome.error ?? null
    printDocument(
      stdout,
      toWireDocument({ command, exit: outcome.exit, ok, data: outcome.data, error, launcher }),
    )
    return
  }
  stdout.write(outcome.text(outStyle))
  const next = outcome.next ?? null
  if (next !== null) stdout.write(`${nextLine(next, outStyle, outcome.nextLabel)}\n`)
}

const EXIT_HELD = 10

export function printError(
  printer: Printer,
  options: { readonly command: string | null; readonly error: ConductError; readonly data?: object },
): void {
  const { command, error, data = {} } = options
  if (printer.isJson) {
    printDocument(
      printer.stdout,
      toWireDocument({ command, exit: error.exit, ok: false, data, error, launcher: printer.launcher }),
    )
    return
  }
  printer.stderr.write(errorText(error, printer.errStyle, printer.launcher))
}

/** One line for programs, indented for whoever reads it on a terminal. */
function printDocument(stdout: Sink, document: object): void {
  stdout.write(`${outgoingJson(JSON.stringify(document, null, stdout.isTerminal ? 2 : undefined))}\n`)
}
