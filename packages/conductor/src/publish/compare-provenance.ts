import { ConductError, type CommitId, assertNever } from '@conduct/core'
import type { ObservedVersion } from '@conduct/ecosystems'
import { type CheckedArtifact, packedOf } from '../context.ts'
import type { PublishFacts } from '../journal/outcomes.ts'
import type { Observation } from '../step.ts'

interface Compared {
  readonly artifact: CheckedArtifact
  /** The frozen commit. */
  readonly commit: CommitId
  readonly signal: AbortSignal
}

/**
 * Whether a version that somebody else built is ours: the very bytes that were packed here, or bytes whose provenance
 * names the frozen commit. Neither is a mismatch, and nothing overrides it.
 */
export async function compareProvenance(
  seen: ObservedVersion,
  { artifact, commit, signal }: Compared,
): Promise<Observation> {
  const { name, version, registry, publisher } = artifact
  const packed = packedOf(artifact)
  if (seen.state === 'absent') return { state: 'expected', evidence: `${name}@${version} is not live` }
  if (seen.state === 'unknown') return { state: 'unknown', evidence: seen.reason }
  const { integrity } = seen
  const facts: PublishFacts = { package: name, version, integrity, registry }
  const subject = `${name}@${version} is live with ${integrity}`
  if (integrity === packed.integrity) {
    return { state: 'goal', evidence: `${subject}, which was packed here, too`, facts: { ...facts } }
  }
  const provenance = (await publisher.provenance?.({
    package: name,
    version,
    registry,
    integrity,
    signal,
  })) ?? { state: 'absent' as const }
  switch (provenance.state) {
    case 'present':
      return provenance.commit === commit
        ? {
            state: 'goal',
            evidence: `${subject}; its provenance says it was built from ${commit}`,
            facts: { ...facts, provenanceCommit: commit, provenanceSource: provenance.source },
          }
        : mismatch(
            `${subject}, and its provenance says it was built from ${provenance.commit}, not ${commit}`,
          )
    case 'absent':
      return mismatch(
        `${subject}, packed was ${packed.integrity}, and no provenance says what it was built from`,
      )
    case 'unknown':
      return { state: 'unknown', evidence: `${subject}; its provenance: ${provenance.reason}` }
    default:
      return assertNever(provenance)
  }
}

function mismatch(evidence: string): Observation {
  return { state: 'other', evidence, error: new ConductError('PROVENANCE_MISMATCH', evidence) }
}
