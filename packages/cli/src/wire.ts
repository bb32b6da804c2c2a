import type { LaneConfig } from '@conduct/config'
import type { ConductError, Finding } from '@conduct/core'
import { commandsAsTyped } from './output/as-typed.ts'

/** The one JSON document of a command: its own fields stand beside the reserved ones. */
export interface WireDocument {
  readonly format: 1
  readonly command: string | null
  readonly ok: boolean
  readonly exit: number
  readonly error?: WireError
}

interface WireError {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly retryable: boolean
  readonly irreversible_done: boolean
  readonly next: string | null
}

export function toWireDocument(options: {
  readonly command: string | null
  readonly exit: number
  readonly ok: boolean
  readonly data: object
  readonly error: ConductError | null
  readonly launcher: string
}): WireDocument {
  const { command, exit, ok, data, error, launcher } = options
  return {
    format: 1,
    command,
    ok,
    exit,
    ...data,
    ...(error === null ? {} : { error: toWireError(error, launcher) }),
  }
}

function toWireError(error: ConductError, launcher: string): WireError {
  return {
    code: error.code,
    message: error.message,
    hint: commandsAsTyped(error.hint, launcher),
    retryable: error.retryable,
    irreversible_done: error.irreversibleDone,
    next: error.next,
  }
}

export function toWireFinding(finding: Finding) {
  return {
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    hint: finding.hint,
    file: finding.file,
    line: finding.line,
    column: finding.column,
    end_line: finding.endLine,
    end_column: finding.endColumn,
    related: finding.related.map((place) => ({
      message: place.message,
      file: place.file,
      line: place.line,
      column: place.column,
      end_line: place.endLine,
      end_column: place.endColumn,
    })),
  }
}

/** A lane as lanes.yaml declares it; who holds it is the store's to say. */
export function toWireLaneSummary(name: string, lane: LaneConfig) {
  return { lane: name, purpose: lane.purpose, scope: lane.scope, limit: lane.limit, captains: lane.captains }
}
