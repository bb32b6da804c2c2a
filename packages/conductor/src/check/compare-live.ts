import { ConductError } from '@conduct/core'
import { integrityOfFile } from '@conduct/ecosystems'
import type { CheckedArtifact, TrainContext } from '../context.ts'
import { takenError } from '../publish/command-step.ts'
import { isComparable } from '../publish/comparable.ts'
import { observeLive } from '../publish/observe-live.ts'

/**
 * A version that is live already has to be exactly what was packed.
 *
 * @throws ConductError INTEGRITY_MISMATCH (3) naming every version that differs; REGISTRY_UNREACHABLE (30) when the
 *   registry does not say; EXPECTED_STATE (3) where there is nothing to compare it with
 */
export async function compareLive(
  context: Pick<TrainContext, 'signal' | 'clock'>,
  artifacts: readonly CheckedArtifact[],
): Promise<void> {
  const differing = (await Promise.all(artifacts.map((artifact) => compareOne(context, artifact)))).flat()
  if (differing.length === 0) return
  throw new ConductError('INTEGRITY_MISMATCH', differing.map(({ text }) => text).join('\n'), {
    details: { differing: differing.map(({ facts }) => facts) },
  })
}

async function compareOne(context: Pick<TrainContext, 'signal' | 'clock'>, artifact: CheckedArtifact) {
  const { name, version, registry, packed } = artifact
  const observed = await observeLive(context, artifact, context.signal)
  if (observed.state === 'absent') return []
  if (observed.state === 'unknown') {
    throw new ConductError('REGISTRY_UNREACHABLE', `${name}@${version}: ${observed.reason}`)
  }
  if (packed === null || (artifact.command !== null && !isComparable(packed.integrity, observed.integrity))) {
    throw takenError(`${name}@${version} is live with ${observed.integrity}`)
  }
  const algorithm = observed.integrity.slice(0, observed.integrity.indexOf('-'))
  const ours = packed.integrity.startsWith(`${algorithm}-`)
    ? packed.integrity
    : await integrityOfFile(packed.path, algorithm)
  if (ours === observed.integrity) return []
  return [
    {
      text: `${name}@${version} is live at ${registry} as ${observed.integrity}; packed from the frozen commit it is ${ours}`,
      facts: { package: name, version, registry, live: observed.integrity, packed: ours },
    },
  ]
}
