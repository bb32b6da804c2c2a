import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import { checkConsumer } from '../check/check-consumer.ts'
import { checkTrain } from '../check/check-train.ts'
import type { CheckedArtifact } from '../context.ts'
import { runEffect } from '../crash-points.ts'
import { type Journey, type TrainPhase, noteLooked, surveyOf, travelOf } from '../journey.ts'
import { keepArtifactBytes, restoreArtifact } from '../journal/artifact-bytes.ts'
import { hasBegunPublishing, packedRecords } from '../journal/begun.ts'
import type { PackedRecord } from '../journal/journal-record.ts'
import { stepId } from '../step-id.ts'

/** The producer's checks; packs the artifact and tries it in every consumer, before anything is published. */
export const check: TrainPhase = {
  name: 'check',
  per: 'train',
  run: async (journey) => {
    travelOf(journey).throwIfStopped()
    const startedAtMs = journey.context.clock.wallMs()
    const survey = surveyOf(journey)
    if (hasBegunPublishing(journey.journal.records())) return takeUpPacked(journey)

    const artifacts = await checkTrain(journey.context, survey)

    journey.luggage.artifacts = artifacts
    await keepPacked(journey, artifacts)
    const tried = survey.consumers.map((consumer) => consumer.name)
    await noteLooked(
      journey,
      startedAtMs,
      [survey.producer, ...survey.consumers].map(({ name, role }) => ({
        step: {
          id: stepId.check(name),
          phase: 'check',
          kind: 'check',
          repo: name,
          action: role === 'producer' ? `checks of ${name}, pack` : `try in ${name}`,
          irreversible: false,
        },
        state: 'done',
        evidence: role === 'producer' ? packedText(artifacts) : 'works with the packed artifacts',
        facts: {},
      })),
    )
    const summary = `${survey.producer.name}'s checks; packed and tried in ${tried.join(', ')}`
    return { outcome: 'done', summary }
  },
}

function packedText(artifacts: readonly CheckedArtifact[]): string {
  const texts = artifacts.map(
    ({ name, version, packed }) => `${name}@${version} ${packed?.integrity ?? '(packed by nobody here)'}`,
  )
  return texts.length === 0 ? 'nothing to pack' : texts.join(', ')
}

async function keepPacked(journey: Journey, artifacts: readonly CheckedArtifact[]): Promise<void> {
  const { context, run, journal } = journey
  if (surveyOf(journey).catchUp) return
  for (const { name, version, packed } of artifacts) {
    if (packed === null) continue
    // A log of its own per packing: one that a crash left half written is never continued.
    const log = `run/${run}/artifact/${randomUUID()}`
    await runEffect(context.hit, 'pack', {
      act: () => keepArtifactBytes({ store: context.store.log, log, packed }),
      prove: (kept) =>
        journal.append({
          type: 'packed',
          package: name,
          version,
          integrity: packed.integrity,
          sizeBytes: packed.sizeBytes,
          ...kept,
        }),
    })
  }
}

/** Something may be live already: what is published from here on is exactly what was packed then. */
async function takeUpPacked(journey: Journey): Promise<{ outcome: 'done'; summary: string }> {
  const { context, run, journal, luggage, ask } = journey
  const survey = surveyOf(journey)
  const records = packedRecords(journal.records())
  const directory = join(context.cacheDir, 'packed', run)
  const restored: CheckedArtifact[] = []
  for (const artifact of survey.artifacts) {
    if (!artifact.isPacked) {
      restored.push({ ...artifact, packed: null })
      continue
    }
    const record = records.get(`${artifact.name}@${artifact.version}`)
    if (record === undefined) throw missing(`${artifact.name}@${artifact.version}`)
    const packed = await restoreArtifact({ store: context.store.log, record, directory })
    if (packed === null) return packAgain(journey, records)
    restored.push({ ...artifact, packed })
  }
  luggage.artifacts = restored
  if (ask.replan) {
    await Promise.all(survey.consumers.map((consumer) => checkConsumer(context, consumer, restored)))
  }
  return { outcome: 'done', summary: 'what was packed before is taken up again' }
}

async function packAgain(
  journey: Journey,
  records: ReadonlyMap<string, PackedRecord>,
): Promise<{ outcome: 'done'; summary: string }> {
  const artifacts = await checkTrain(journey.context, surveyOf(journey))
  for (const { name, version, packed } of artifacts) {
    const before = records.get(`${name}@${version}`)
    if (packed === null || before?.integrity === packed.integrity) continue
    throw new ConductError(
      'APPROVAL_VOID',
      `${name}@${version} was too large to keep, and packing it again gave ${packed.integrity} instead of ${before?.integrity ?? 'nothing'}`,
      { next: `${journey.context.launcher} resume ${journey.run} --replan` },
    )
  }
  journey.luggage.artifacts = artifacts
  return { outcome: 'done', summary: 'packed again, with the same integrity' }
}

function missing(artifact: string): ConductError {
  return new ConductError('JOURNAL_BROKEN', `the journal has begun to publish and does not hold ${artifact}`)
}
