import { type CompensationStep, leftStaged, leftStagedText } from '@conduct/core'
import type { JournalRecord } from '../journal/journal-record.ts'
import { stepId } from '../step-id.ts'

/** A way back of a run, and whether there is anything to take back. */
export interface RunWay {
  readonly way: CompensationStep
  /** Its effect was begun by this run: it was done, or may have been. */
  readonly isTouched: boolean
}

/**
 * The ways back as they were computed before each effect, the last effect first. Pure.
 *
 * A run that was replanned has several plans. What was there before an effect is what the last plan before that
 * effect says: a later one has surveyed a world that the effect had changed already.
 */
export function waysBackOf(records: readonly JournalRecord[]): readonly RunWay[] {
  const planned = records.flatMap((record, at) =>
    record.type === 'planned' ? [{ ways: record.plan.compensation, at }] : [],
  )
  const intents = firstIntents(records)
  const begunAt = (way: CompensationStep): number =>
    Math.min(...way.begunBy.map((step) => intents.get(step) ?? Number.POSITIVE_INFINITY))
  const effects = new Map(
    planned.toReversed().flatMap(({ ways }) => ways.map((way) => [way.undoes, begunAt(way)] as const)),
  )
  return [...effects].flatMap(([undoes, at]) => {
    const governing = planned.findLast((plan) => plan.at < at)
    const ways = governing?.ways.filter((way) => way.undoes === undoes) ?? []
    return ways
      .flatMap((way) => withStaged(records, way))
      .map((way) => ({ way, isTouched: begunAt(way) !== Number.POSITIVE_INFINITY }))
  })
}

/** What is staged is named with the command by which it goes; what was published since is staged no more. */
function withStaged(records: readonly JournalRecord[], way: CompensationStep): readonly CompensationStep[] {
  const proofs = records.flatMap((record) =>
    record.type === 'proof'
      ? [{ id: record.step.id, kind: record.step.kind, state: record.state, facts: record.facts }]
      : [],
  )
  const isStaged = proofs.some(
    ({ id, kind, facts }) => id === way.undoes && kind === 'stage' && 'stageId' in facts,
  )
  if (!isStaged) return [way]
  const left = leftStaged(proofs).find(
    ({ package: name, version }) => stepId.stage(name, version) === way.undoes,
  )
  return left === undefined ? [] : [{ ...way, action: leftStagedText(left) }]
}

/** Step → place of its first intent. */
function firstIntents(records: readonly JournalRecord[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>()
  for (const [at, record] of records.entries()) {
    if (record.type === 'intent' && !first.has(record.step.id)) first.set(record.step.id, at)
  }
  return first
}
