import { green, notApplicable, red, type Row, together, unknown } from '../row.ts'

/** A catch-up train adopts what is published already. */
export const row: Row = {
  check: 'version_live',
  over: 'producer',
  async judge({ survey, evidence }) {
    if (!survey.catchUp) return notApplicable('This is no catch-up train.')
    const judged = await Promise.all(
      survey.artifacts.map(async (artifact) => {
        const { name, version } = artifact
        const observed = await evidence.observed(artifact)
        if (observed.state === 'present') return green('', `${name}@${version} is live.`)
        if (observed.state === 'unknown') return unknown('', `${name}@${version}: ${observed.reason}.`)
        const latest = observed.latest === null ? 'nothing is published' : `the latest is ${observed.latest}`
        return red('', `${name}@${version} is not live (${latest}); name a published version with --version.`)
      }),
    )
    return together(judged, 'packages')
  },
}
