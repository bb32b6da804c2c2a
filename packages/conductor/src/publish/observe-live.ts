import { ConductError, assertNever } from '@conduct/core'
import type { ObservedVersion } from '@conduct/ecosystems'
import { askUntil } from '../backoff.ts'
import { type CheckedArtifact, packedOf, type PlannedArtifact, type TrainContext } from '../context.ts'
import type { PublishFacts } from '../journal/outcomes.ts'
import type { Observation } from '../step.ts'

/** A registry that does not answer is asked again for so long before it is unknown. */
const patienceMs = 3000
const firstWaitMs = 100
const longestWaitMs = 1000

/**
 * What resolvers see of a package, asked again for a moment while the registry does not say: one bad answer is no
 * verdict, many of them are.
 */
export async function observeLive(
  { clock }: Pick<TrainContext, 'clock'>,
  {
    name,
    version,
    registry,
    publisher,
  }: Pick<PlannedArtifact, 'name' | 'version' | 'registry' | 'publisher'>,
  signal: AbortSignal,
): Promise<ObservedVersion> {
  let last: ObservedVersion = { state: 'unknown', reason: `${registry} was not asked` }
  await askUntil(
    { clock, withinMs: patienceMs, firstMs: firstWaitMs, mostMs: longestWaitMs, signal },
    async () => {
      last = await publisher.observe({ package: name, version, registry, signal })
      return last.state === 'unknown' ? null : last
    },
  )
  return last
}

/** Live with the integrity of what was packed is the goal; live with another is nothing that anybody expects. */
export function judgeLive(
  seen: ObservedVersion,
  artifact: CheckedArtifact,
  facts: PublishFacts,
): Observation {
  const { name, version } = artifact
  const packed = packedOf(artifact)
  switch (seen.state) {
    case 'absent':
      return { state: 'expected', evidence: `${name}@${version} is not live` }
    case 'unknown':
      return { state: 'unknown', evidence: seen.reason }
    case 'present':
      if (seen.integrity === packed.integrity) {
        const evidence = `${name}@${version} is live with ${seen.integrity}`
        return { state: 'goal', evidence, facts: { ...facts } }
      }
      return mismatch(`${name}@${version} is live with ${seen.integrity}, packed was ${packed.integrity}`)
    default:
      return assertNever(seen)
  }
}

export function mismatch(evidence: string, hint?: string): Observation {
  const error = new ConductError('INTEGRITY_MISMATCH', evidence, hint === undefined ? {} : { hint })
  return { state: 'other', evidence, error }
}

export function publishFactsOf(artifact: CheckedArtifact): PublishFacts {
  const { name, version, registry } = artifact
  return { package: name, version, integrity: packedOf(artifact).integrity, registry }
}
