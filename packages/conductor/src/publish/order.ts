/** What decides who is next: names, needs among the train's own packages, and how each is published. */
export interface Publishable {
  readonly name: string
  readonly staged: boolean
  readonly discovered: { readonly needs: readonly string[] }
}

export interface PublishProgress {
  readonly live: ReadonlySet<string>
  /** Staged, and not live as far as anybody knows. */
  readonly waiting: ReadonlySet<string>
}

/**
 * The next package to publish or to stage; null when nothing more can be done before a person approves what waits.
 * Pure.
 *
 * What is published directly needs everything it needs to be live: nobody ever installs half of it. What is staged
 * is invisible, so that it waits only for those that are published directly: all of one approval are staged at once.
 * What nobody can take back comes last, after the word of the person who approves what is staged and may still refuse
 * it; only what something staged needs cannot wait.
 *
 * @param artifacts in the order of publication
 */
export function nextToPublish<Artifact extends Publishable>(
  artifacts: readonly Artifact[],
  progress: PublishProgress,
): Artifact | null {
  const byName = new Map(artifacts.map((artifact) => [artifact.name, artifact]))
  const isReady = (artifact: Artifact): boolean =>
    [...everythingNeededBy(artifact, byName)].every(
      (needed) => progress.live.has(needed.name) || (artifact.staged && needed.staged),
    )
  const { live, waiting } = progress
  const isOpen = ({ name }: Artifact): boolean => !live.has(name) && !waiting.has(name)
  const ready = artifacts.filter((artifact) => isOpen(artifact) && isReady(artifact))
  const toStage = artifacts.filter((artifact) => artifact.staged && isOpen(artifact))
  const neededSoon = new Set(toStage.flatMap((artifact) => [...everythingNeededBy(artifact, byName)]))
  return (
    ready.find(({ staged }) => staged) ??
    ready.find((artifact) => neededSoon.has(artifact)) ??
    (waiting.size > 0 ? null : (ready[0] ?? null))
  )
}

function everythingNeededBy<Artifact extends Publishable>(
  artifact: Artifact,
  byName: ReadonlyMap<string, Artifact>,
): ReadonlySet<Artifact> {
  const found = new Set<Artifact>()
  const follow = (one: Artifact): void => {
    for (const name of one.discovered.needs) {
      const needed = byName.get(name)
      if (needed === undefined || needed === artifact || found.has(needed)) continue
      found.add(needed)
      follow(needed)
    }
  }
  follow(artifact)
  return found
}
