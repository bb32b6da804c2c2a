import type { RunRecord, StepRecord } from '@conduct/core'
import type { HitCrashPoint } from './context.ts'
import type { Journal } from './journal/journal.ts'
import { type StepKind, stepKinds } from './step-id.ts'

/**
 * Crash points, derived by wrapping the journal and the effects: a process that dies at `publish:acted` leaves a
 * registry that has the version and a journal that has no proof of it.
 *
 * | position | the journal has | the world has |
 * |---|---|---|
 * | `before` | nothing of the effect | nothing |
 * | `intended` | the intent | nothing |
 * | `acted` | the intent | the effect |
 * | `proved` | the proof | the effect |
 */
export const crashPositions = ['before', 'intended', 'acted', 'proved'] as const
export type CrashPosition = (typeof crashPositions)[number]

/** Effects that are no steps: they change the lane or the journal itself. */
export const runEffects = ['claim', 'plan', 'pack', 'approve', 'keep', 'release'] as const
/** An effect that is no step has no intent in the journal. */
const runEffectPositions = ['before', 'acted', 'proved'] as const
export type RunEffect = (typeof runEffects)[number]

export interface CrashPoint {
  /** `publish:acted`. */
  readonly point: string
  /** Step id, or the run effect's own name. */
  readonly step: string
}

/** Wraps the journal: a step's intent and proof are preceded and followed by its crash points. */
export function journalWithCrashPoints(journal: Journal, hit: HitCrashPoint | undefined): Journal {
  if (hit === undefined) return journal
  return {
    ...journal,
    append: async (body) => {
      if (body.type === 'intent') hit(`${body.step.kind}:before`, body.step.id)
      const record = await journal.append(body)
      if (body.type === 'intent') hit(`${body.step.kind}:intended`, body.step.id)
      if (body.type === 'proof' && body.effect === 'done') hit(`${body.step.kind}:proved`, body.step.id)
      return record
    },
  }
}

/** Wraps an effect: the moment after it acted and before anything is written down. */
export async function actWithCrashPoint<Result>(
  hit: HitCrashPoint | undefined,
  effect: { readonly kind: string; readonly step: string },
  act: () => Promise<Result>,
): Promise<Result> {
  const result = await act()
  hit?.(`${effect.kind}:acted`, effect.step)
  return result
}

/** An effect on the lane or of the journal: before it, after it, and once it is written down. */
export async function runEffect<Result>(
  hit: HitCrashPoint | undefined,
  name: RunEffect,
  moves: { readonly act: () => Promise<Result>; readonly prove: (result: Result) => Promise<unknown> },
): Promise<Result> {
  hit?.(`${name}:before`, name)
  const result = await moves.act()
  hit?.(`${name}:acted`, name)
  await moves.prove(result)
  hit?.(`${name}:proved`, name)
  return result
}

/** Kinds whose steps have an effect; the others only look. */
const effectKinds: readonly StepKind[] = (Object.keys(stepKinds) as StepKind[]).filter(
  (kind) => kind !== 'await' && kind !== 'verify',
)
/** Those that a journey passes when nothing goes wrong. */
const journeyKinds = effectKinds.filter((kind) => kind !== 'rollback' && stepKinds[kind] !== 'undo')

/**
 * Every crash point that a run with these steps passes, from its record; the crash matrix kills at each.
 *
 * @param run a finished run, or a planned one: only the steps count.
 */
export function listCrashPoints(run: Pick<RunRecord, 'steps'>): readonly CrashPoint[] {
  const ofRun = runEffects.flatMap((name) =>
    runEffectPositions.map((position) => ({ point: `${name}:${position}`, step: name })),
  )
  const ofSteps = run.steps
    .filter((step) => effectKinds.includes(step.kind as StepKind) && !hadNothingToDo(step))
    .flatMap((step) =>
      crashPositions.map((position) => ({ point: `${step.kind}:${position}`, step: step.id })),
    )
  return [...ofRun, ...ofSteps]
}

/** Found at its goal by every writer, or skipped: no effect, no point. */
function hadNothingToDo({ state, attempts }: StepRecord): boolean {
  return state === 'skipped' || (state === 'already' && attempts === 0)
}

/** The name of every point that a journey can pass, whatever the train. */
export const crashPointNames: readonly string[] = [
  ...runEffects.flatMap((name) => runEffectPositions.map((position) => `${name}:${position}`)),
  ...journeyKinds.flatMap((kind) => crashPositions.map((position) => `${kind}:${position}`)),
]

/** `publish:acted` is the first such point; `publish:acted@<step id>` is exactly one. */
export function isCrashPoint(wanted: string, point: string, step: string): boolean {
  return wanted === point || wanted === `${point}@${step}`
}
