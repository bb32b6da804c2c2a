import { judgeNextGemVersion, judgeNextVersion } from '@conduct/ecosystems'
import { green, nothingPublished, publishedArtifacts, red, type Row, together, unknown } from '../row.ts'

/** Newer than the last and no jump: a version that skips numbers is nearly always a mistake. */
export const row: Row = {
  check: 'version_order',
  over: 'producer',
  async judge({ survey, evidence }) {
    const artifacts = publishedArtifacts(survey)
    if (artifacts.length === 0) return nothingPublished
    const judged = await Promise.all(
      artifacts.map(async (artifact) => {
        const { name, version } = artifact
        const observed = await evidence.observed(artifact)
        if (observed.state === 'present') return green('', `${name}@${version} is live already.`)
        if (artifact.command !== null) {
          return unknown(
            '',
            `${name}: a command tells of one version only, not which was the last. Accept that with accept_unknown: [version_order].`,
          )
        }
        if (observed.state === 'unknown') return unknown('', `${name}: ${observed.reason}.`)
        const judge = artifact.ecosystem === 'rubygems' ? judgeNextGemVersion : judgeNextVersion
        const next = judge({ version, latest: observed.latest, published: observed.versions })
        return next.isNext ? green('', `${name}: ${next.reason}.`) : red('', `${name}: ${next.reason}.`)
      }),
    )
    return together(judged, 'packages')
  },
}
