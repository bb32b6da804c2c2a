import type { PreflightRow } from '@conduct/core'
import type { FrozenConsumer, FrozenRepo, PlannedArtifact, Survey, TrainContext } from '../context.ts'
import type { Evidence } from './evidence.ts'

/** What a row says of one repo; `check` and overrides are put on by the matrix. */
export type Judgement = Omit<PreflightRow, 'check' | 'overridden'>

export interface RowInput<Frozen extends FrozenRepo> {
  readonly context: TrainContext
  readonly survey: Survey
  readonly frozen: Frozen
  readonly evidence: Evidence
  /** `name@version` of what this very run has published, or may have. */
  readonly publishedByThisRun: ReadonlySet<string>
}

interface Named {
  /** Its name in the matrix, in `accept_unknown` and in overrides. */
  readonly check: string
  /** Absent: a named override may turn its red into a recorded one. */
  readonly isNeverOverridden?: true
}

/**
 * One guard of the matrix: one file in `rows/`, exported as `row`. It changes nothing. A ConductError that it
 * throws (a remote, a registry, a tool that does not answer) makes its verdict `unknown`, never green.
 */
export type Row =
  | (Named & { readonly over: 'every'; readonly judge: (input: RowInput<FrozenRepo>) => Promise<Judgement> })
  | (Named & {
      readonly over: 'producer'
      readonly judge: (input: RowInput<FrozenRepo>) => Promise<Judgement>
    })
  | (Named & {
      readonly over: 'consumer'
      readonly judge: (input: RowInput<FrozenConsumer>) => Promise<Judgement>
    })

export function green(covered: string, detail: string): Judgement {
  return { verdict: 'green', covered, detail }
}

/** @param detail ends with what to do */
export function red(covered: string, detail: string): Judgement {
  return { verdict: 'red', covered, detail }
}

export function unknown(covered: string, detail: string): Judgement {
  return { verdict: 'unknown', covered, detail }
}

export function notApplicable(detail: string): Judgement {
  return { verdict: 'not_applicable', covered: '0 of 0', detail }
}

/** Several things that were judged one by one, as one row: a red one decides, then an unknown one. */
export function together(judged: readonly Judgement[], unit: string): Judgement {
  const known = judged.filter(({ verdict }) => verdict !== 'unknown')
  const coveredText = `${known.length} of ${judged.length} ${unit}`
  for (const verdict of ['red', 'unknown'] as const) {
    const telling = judged.filter((one) => one.verdict === verdict)
    if (telling.length > 0) {
      return { verdict, covered: coveredText, detail: telling.map(({ detail }) => detail).join(' ') }
    }
  }
  return green(coveredText, judged.map(({ detail }) => detail).join(' '))
}

/** What a train publishes itself: nothing on a catch-up train. */
export function publishedArtifacts(survey: Survey): readonly PlannedArtifact[] {
  return survey.catchUp ? [] : survey.artifacts
}

export const nothingPublished = notApplicable('This train publishes nothing.')
