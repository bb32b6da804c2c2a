import type { ObservedVersion } from '@conduct/ecosystems'
import type { FrozenConsumer, FrozenRepo, PlannedArtifact, Survey, TrainContext } from '../context.ts'
import { aFrozenConsumer, aFrozenRepo, aSurvey, aTrain, noOutside } from '../survey-fixture.ts'
import type { Evidence } from './evidence.ts'
import type { Judgement, Row } from './row.ts'

export interface Given {
  readonly producer?: Partial<FrozenRepo>
  readonly consumer?: Partial<FrozenConsumer>
  readonly survey?: Partial<Survey>
  readonly context?: Partial<TrainContext>
  /** What the registry says of each package, by name. */
  readonly observed?: Readonly<Record<string, ObservedVersion>>
  readonly identity?: string | null
  readonly evidence?: Partial<Evidence>
  readonly publishedByThisRun?: readonly string[]
}

/** One row over plain data; whatever is not given fails loudly when it is asked for. */
export async function judge(row: Row, given: Given = {}): Promise<Judgement> {
  const producer = aFrozenRepo(given.producer)
  const consumer = aFrozenConsumer(given.consumer)
  const survey = aSurvey({ producer, consumers: [consumer], ...given.survey })
  const context = {
    trainName: 'engine',
    train: aTrain(),
    config: { lanes: new Map() },
    configPath: '/nowhere/lanes.yaml',
    adopters: [],
    signal: new AbortController().signal,
    ...given.context,
  } as unknown as TrainContext
  const evidence = {
    ...(noOutside as unknown as Evidence),
    observed: async ({ name }: PlannedArtifact) => {
      const answer = given.observed?.[name]
      if (answer === undefined) throw new Error(`the test says nothing of ${name}`)
      return answer
    },
    identity: async () => given.identity ?? null,
    ...given.evidence,
  }
  const input = {
    context,
    survey,
    evidence,
    publishedByThisRun: new Set(given.publishedByThisRun),
  }
  return row.over === 'consumer'
    ? await row.judge({ ...input, frozen: consumer })
    : await row.judge({ ...input, frozen: given.consumer === undefined ? producer : consumer })
}

export const isLive: ObservedVersion = {
  state: 'present',
  integrity: 'sha512-x',
  tarball: 'http://127.0.0.1/x.tgz',
}
export const isSilent: ObservedVersion = { state: 'unknown', reason: 'answered 503' }
export const isNew: ObservedVersion = { state: 'absent', latest: null, versions: [] }
export const isAbsent = (latest: string): ObservedVersion => ({ state: 'absent', latest, versions: [latest] })
