import { assertNever } from '@conduct/core'
import { lowestOf, type NeededSibling, takesOneOf } from '@conduct/ecosystems'
import type { PlannedArtifact, Survey } from '../../context.ts'
import {
  green,
  type Judgement,
  notApplicable,
  nothingPublished,
  publishedArtifacts,
  red,
  type Row,
  together,
  unknown,
} from '../row.ts'

/** What a package needs of its own workspace is published with it, or live: else nobody can install it. */
export const row: Row = {
  check: 'siblings',
  over: 'producer',
  async judge({ context, survey }) {
    const published = publishedArtifacts(survey)
    if (published.length === 0) return nothingPublished
    const needs = published.flatMap((artifact) =>
      artifact.command === null
        ? (artifact.discovered.siblings ?? []).map((sibling) => ({ artifact, sibling }))
        : [],
    )
    if (needs.length === 0) return notApplicable('No package needs another one of its repository.')
    const judged = await Promise.all(needs.map((need) => judgeNeed(need, survey, context.signal)))
    return together(judged, 'needs')
  },
}

async function judgeNeed(
  { artifact, sibling }: { readonly artifact: PlannedArtifact; readonly sibling: NeededSibling },
  { artifacts }: Survey,
  signal: AbortSignal,
): Promise<Judgement> {
  const { name, registry, range } = sibling
  const who = `${artifact.name}@${artifact.version}`
  const travels = artifacts.find((one) => one.name === name && takesOneOf(range, [one.version]))
  if (travels !== undefined) return green('', `${who} needs ${name}, which is published with it.`)
  const seen = await artifact.publisher.observe({ package: name, version: lowestOf(range), registry, signal })
  switch (seen.state) {
    case 'present':
      return green('', `${who} needs ${name} ${range}, which is live.`)
    case 'unknown':
      return unknown('', `${who} needs ${name} ${range}: ${seen.reason}.`)
    case 'absent':
      return takesOneOf(range, seen.versions)
        ? green('', `${who} needs ${name} ${range}, which is live.`)
        : red(
            '',
            `${who} would need ${name} ${range}, which is neither live at ${registry} nor published with it: nobody could install it. Add ${name} to publish, or release it first.`,
          )
    default:
      return assertNever(seen)
  }
}
