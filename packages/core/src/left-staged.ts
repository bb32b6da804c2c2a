import type { StepRecord } from './run.ts'

/** A version that waits at its registry and that this run has not seen published. */
export interface LeftStaged {
  readonly package: string
  readonly version: string
  readonly registry: string
  readonly stageId: string
  /** What a maintainer types to throw it away; null: nobody wrote it down. */
  readonly reject: string | null
}

/**
 * What a run put where only maintainers see it, and what stays there when the run ends: whatever it has not looked for
 * among what is published, or seen gone. Pure.
 */
export function leftStaged(
  steps: readonly Pick<StepRecord, 'id' | 'kind' | 'state' | 'facts'>[],
): readonly LeftStaged[] {
  const decided = steps.filter(
    ({ kind, state }) => kind === 'publish' && state !== 'pending' && state !== 'running',
  )
  return steps.flatMap(({ kind, state, facts }) => {
    const { stageId, reject } = facts
    const isStaged = kind === 'stage' && (state === 'done' || state === 'already')
    if (!isStaged || typeof stageId !== 'string') return []
    const [name, version] = [String(facts['package']), String(facts['version'])]
    if (decided.some(({ id }) => id.endsWith(`:${name}@${version}`))) return []
    return [
      {
        package: name,
        version,
        registry: String(facts['registry']),
        stageId,
        reject: typeof reject === 'string' ? reject : null,
      },
    ]
  })
}

/** One sentence without its full stop: what stays, where, and how it goes. */
export function leftStagedText({ package: name, version, registry, stageId, reject }: LeftStaged): string {
  const waits = `${name}@${version} stays staged at ${registry} as ${stageId}, unless a maintainer approved it since`
  return reject === null ? waits : `${waits}; a maintainer throws it away with: ${reject}`
}
