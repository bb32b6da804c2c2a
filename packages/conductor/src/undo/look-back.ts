import {
  type CompensationStep,
  type ConductError,
  errorCodes,
  exitCodes,
  isConductError,
} from '@conduct/core'
import type { Step } from '../step.ts'
import { type UndoPlaces, stepOfWay } from './undo-way.ts'
import type { RunWay } from './ways-back.ts'

/** What would become of one way back now, seen without changing anything. */
export interface LookedWay {
  readonly way: CompensationStep
  readonly outlook: Outlook
  /** Why, one sentence. */
  readonly why: string
  readonly step: Step | null
}

/**
 * `to_do`: it would be taken. `not_needed`: there is nothing to take back, or it is gone already. `stays`: there is no
 * way, and there never was. `blocked`: somebody moved it since, so it is left alone. `unknown`: it could not be read.
 */
export type Outlook = 'to_do' | 'not_needed' | 'stays' | 'blocked' | 'unknown'

/** Looks at every way back, one after the other, in the order in which they would be taken. */
export async function lookBack(ways: readonly RunWay[], places: UndoPlaces): Promise<readonly LookedWay[]> {
  const looked: LookedWay[] = []
  for (const way of ways) looked.push(await lookAt(way, places))
  return looked
}

async function lookAt({ way, isTouched }: RunWay, places: UndoPlaces): Promise<LookedWay> {
  if (!isTouched) return { way, outlook: 'not_needed', why: 'the run never did it', step: null }
  if (!way.possible) return { way, outlook: 'stays', why: way.action, step: null }
  try {
    const step = await stepOfWay(places, way)
    if (step === null) {
      const why = `${way.action}: lanes.yaml no longer says how`
      return { way, outlook: 'stays', why, step }
    }
    const seen = await step.observe()
    switch (seen.state) {
      case 'goal':
        return { way, outlook: 'not_needed', why: seen.evidence, step }
      case 'expected':
        return { way, outlook: 'to_do', why: seen.evidence, step }
      case 'other':
        return { way, outlook: 'blocked', why: seen.evidence, step }
      case 'unknown':
        return { way, outlook: 'unknown', why: seen.evidence, step }
      default:
        return seen satisfies never
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return { way, outlook: 'unknown', why: error.message, step: null }
  }
}

/** A command that fails or a remote that does not answer says nothing about the world. */
function isUnreadable(error: unknown): error is ConductError {
  if (!isConductError(error)) return false
  return (
    error.retryable ||
    errorCodes[error.code].exit === exitCodes.unreachable ||
    error.code === 'STEP_COMMAND_FAILED' ||
    error.code === 'COMMAND_NOT_FOUND'
  )
}
