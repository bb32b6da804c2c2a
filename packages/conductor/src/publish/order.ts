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
  return (
    artifacts.find(
      (artifact) =>
        !progress.live.has(artifact.name) && !progress.waiting.has(artifact.name) && isReady(artifact),
    ) ?? null
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
