import { formatDuration, type RunRecord, type StepRecord, type StepState } from '@conduct/core'
import { plain, prose } from '../cells.ts'
import type { Cell, Section, Tone } from '../model.ts'

const tones = {
  pending: 'quiet',
  running: 'plain',
  done: 'good',
  already: 'good',
  failed: 'bad',
  unknown: 'unknown',
  skipped: 'quiet',
} as const satisfies Record<StepState, Tone>

export function stepsSection({ steps }: RunRecord): Section {
  const finished = steps.filter((step) => step.state === 'done' || step.state === 'already').length
  return {
    title: 'Steps',
    note:
      steps.length === 0
        ? null
        : `${finished} of ${steps.length} finished; "already" means that the goal was there and nothing was done.`,
    isFolded: true,
    columns: ['phase', 'step', 'repo', 'state', 'took', 'attempts', 'evidence'],
    rows: steps.map((step) => [
      plain(step.phase),
      { text: step.id, full: step.action, isCode: true },
      plain(step.repo ?? ''),
      stateCell(step),
      tookOf(step),
      plain(step.attempts === 0 ? '' : String(step.attempts)),
      evidenceOf(step),
    ]),
    empty: 'No step was recorded yet.',
  }
}

export function stateCell({ state, irreversible }: StepRecord): Cell {
  return plain(irreversible ? `${state}, irreversible` : state, tones[state])
}

function tookOf({ startedAt, endedAt }: StepRecord): Cell {
  if (startedAt === null) return plain('not started', 'quiet')
  if (endedAt === null) return plain('not ended', 'waiting')
  const ms = Date.parse(endedAt) - Date.parse(startedAt)
  return Number.isFinite(ms) ? plain(formatDuration(Math.max(0, ms))) : plain('not known', 'unknown')
}

function evidenceOf({ evidence, action, state }: StepRecord): Cell {
  if (evidence !== null) return prose(evidence)
  return prose(action, state === 'pending' || state === 'running' ? 'quiet' : 'plain')
}
