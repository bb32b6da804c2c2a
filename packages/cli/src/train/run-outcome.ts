import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldAnswer, RunResult } from '@conduct/conductor'
import { ConductError, type ErrorCode, type ExitCode, type RunRecord, errorCodes } from '@conduct/core'
import { renderRunHtml, runToJson } from '@conduct/report'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { runSummary } from './run-text.ts'
import { toWireHeld } from './wire.ts'

/** What run, resume and abort come to: the run as data, a summary for people, and a page that stays. */
export function runOutcome(
  context: CommandContext,
  options: { readonly result: RunResult; readonly stateDir: string; readonly launcher: string },
): CommandOutcome {
  const { exit, held, record } = options.result
  // The estate of a rehearsal goes in a moment, and everything that could be typed about it.
  const isKept = context.env['CONDUCT_REHEARSE'] !== 'removed'
  const page = !isKept ? null : writePage(context, { record, stateDir: options.stateDir })
  const error = stopError(record, { exit, held })
  return {
    exit,
    data: {
      ...runToJson(record),
      ...(held === null ? {} : toWireHeld(held)),
      ...(page === null ? {} : { report: page }),
    },
    ...(error === null ? {} : { error }),
    text: (style) => runSummary({ record, held, page, style, launcher: options.launcher }),
    next: isKept ? record.next : null,
  }
}

/** The cause of a run that is not done, as an error; a held lane is an answer and none. */
function stopError(
  record: RunRecord,
  { exit, held }: { readonly exit: number; readonly held: HeldAnswer | null },
): ConductError | null {
  const { stop } = record
  if (stop === null || held !== null || exit === 0) return null
  const code = isErrorCode(stop.code) ? stop.code : 'INTERNAL'
  return new ConductError(code, stop.message, {
    hint: stop.hint,
    exit: exit as ExitCode,
    irreversibleDone: record.irreversibleDone,
    next: record.next ?? '',
  })
}

/** One self-contained page per run, written anew whenever a command of the run ends. */
function writePage(
  context: CommandContext,
  options: { readonly record: RunRecord; readonly stateDir: string },
): string | null {
  const folder = join(options.stateDir, 'runs', options.record.run)
  const path = join(folder, 'report.html')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(path, context.redact(renderRunHtml(options.record)))
    return path
  } catch (error) {
    // The run is what it is; a page that cannot be written is said, not thrown.
    const reason = error instanceof Error ? error.message : String(error)
    context.emit({ type: 'warning', code: 'OUTPUT_UNWRITABLE', message: `no report page: ${reason}` })
    return null
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
