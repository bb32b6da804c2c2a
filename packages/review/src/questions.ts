import { noEvidence } from './evidence.ts'
import { reposAsked } from './history.ts'
import { pairLanes } from './lane-pair.ts'
import type { Revision } from './revision.ts'
import { isSame } from './words.ts'

/** What `review` wants to know beside the two texts; nothing for a change that nobody's work depends on. */
export interface Questions {
  /** Repos whose latest history it looks at: as the revision before has them, else as the one after. */
  readonly repos: readonly string[]
  /** Lanes of the revision before. */
  readonly lanes: readonly string[]
  /** Those whose sign-off somebody has to vouch for. */
  readonly signers: readonly string[]
}

export function questionsFor(before: Revision | null, after: Revision): Questions {
  if (before === null) {
    const lanes = [...after.config.lanes.keys()]
    return {
      repos: unique(lanes.flatMap((lane) => reposAsked({ config: after.config, lane }))),
      lanes: [],
      signers: unique(lanes.flatMap((lane) => signerOf(after, lane))),
    }
  }
  const { pairs, added, removed } = pairLanes({ before, after, evidence: noEvidence })
  const retriggered = pairs.filter((pair) => !isSame(pair.before.triggers, pair.after.triggers))
  const redefined = pairs.filter((pair) => pair.name !== pair.nameBefore || !isSame(pair.before, pair.after))
  const resigned = pairs.filter(
    (pair) => pair.before.justification?.signedOffBy !== pair.after.justification?.signedOffBy,
  )
  const isMoved =
    before.config.store !== after.config.store ||
    before.config.estate !== after.config.estate ||
    !isSame(before.config.projects, after.config.projects)
  return {
    repos: unique([
      ...removed.flatMap((lane) => reposAsked({ config: before.config, lane })),
      ...added.flatMap((lane) => reposAsked({ config: after.config, lane })),
      ...retriggered.flatMap(({ name, nameBefore }) => [
        ...reposAsked({ config: before.config, lane: nameBefore }),
        ...reposAsked({ config: after.config, lane: name }),
      ]),
    ]),
    lanes: isMoved
      ? [...before.config.lanes.keys()]
      : [...removed, ...redefined.map(({ nameBefore }) => nameBefore)],
    signers: unique([...added, ...resigned.map(({ name }) => name)].flatMap((lane) => signerOf(after, lane))),
  }
}

function signerOf({ config }: Revision, lane: string): readonly string[] {
  const justification = config.lanes.get(lane)?.justification
  return justification === null || justification === undefined ? [] : [justification.signedOffBy]
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
