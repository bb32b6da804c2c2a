import { judgeNextVersion } from '@conduct/ecosystems'
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
        switch (observed.state) {
          case 'present':
            return green('', `${name}@${version} is live already.`)
          case 'unknown':
            return unknown('', `${name}: ${observed.reason}.`)
          case 'absent': {
            const next = judgeNextVersion({ version, latest: observed.latest, published: observed.versions })
            return next.isNext ? green('', `${name}: ${next.reason}.`) : red('', `${name}: ${next.reason}.`)
          }
        }
      }),
    )
    return together(judged, 'packages')
  },
}
