import { ConductError } from '@conduct/core'
import { askUntil } from '../backoff.ts'
import type { CheckedArtifact } from '../context.ts'
import { type Journey, type TrainPhase, artifactsOf, noteLooked, surveyOf, travelOf } from '../journey.ts'
import { isComparable, isDigest } from '../publish/comparable.ts'
import { stepId } from '../step-id.ts'

const firstWaitMs = 200
const longestWaitMs = 10_000

/**
 * Waits until the surface that resolvers read has every package, with a fresh cache, and holds its integrity
 * against what was packed. Only our own missing version is waited for.
 */
export const awaitVisible: TrainPhase = {
  name: 'await',
  per: 'train',
  run: async (journey) => {
    const startedAtMs = journey.context.clock.wallMs()
    const artifacts = artifactsOf(journey)
    if (artifacts.length === 0) return { outcome: 'skipped', summary: 'there is nothing to wait for' }

    const seen = await Promise.all(artifacts.map((artifact) => awaitOne(journey, artifact)))

    journey.luggage.integrities = new Map(
      seen.flatMap(({ name, integrity }) => (isDigest(integrity) ? [[name, integrity] as const] : [])),
    )
    await noteLooked(
      journey,
      startedAtMs,
      seen.map(({ name, version, registry, integrity }) => ({
        step: {
          id: stepId.await(name, version),
          phase: 'await',
          kind: 'await',
          repo: null,
          action: `wait until resolvers see ${name}@${version}`,
          irreversible: false,
        },
        state: 'done',
        evidence: `${registry} shows it with ${integrity}`,
        facts: { integrity },
      })),
    )
    return { outcome: 'done', summary: `${seen.map(({ name }) => name).join(', ')} visible` }
  },
}

async function awaitOne(journey: Journey, artifact: CheckedArtifact) {
  const { name, version, registry, publisher, packed, timeoutMs } = artifact
  const { signal, context } = travelOf(journey)
  let lastReason = `${name}@${version} is not visible`
  const integrity = await askUntil(
    { clock: context.clock, withinMs: timeoutMs, firstMs: firstWaitMs, mostMs: longestWaitMs, signal },
    async () => {
      const seen = await publisher.observe({ package: name, version, registry, signal })
      if (seen.state === 'present') return seen.integrity
      if (seen.state === 'unknown') lastReason = seen.reason
      return null
    },
  )
  travelOf(journey).throwIfStopped()
  if (integrity === null) {
    throw new ConductError('AWAIT_TIMEOUT', `${registry} after ${timeoutMs / 1000} s: ${lastReason}`)
  }
  if (!surveyOf(journey).catchUp && packed !== null && isOther(artifact, integrity)) {
    throw new ConductError(
      'INTEGRITY_MISMATCH',
      `${registry} serves ${name}@${version} with ${integrity}, packed was ${packed.integrity}`,
    )
  }
  return { name, version, registry, integrity }
}

/** What a command prints may be no digest of the kind that was packed; what a registry serves always is compared. */
function isOther({ command, packed }: CheckedArtifact, integrity: string): boolean {
  if (packed === null || integrity === packed.integrity) return false
  return command === null || isComparable(packed.integrity, integrity)
}
