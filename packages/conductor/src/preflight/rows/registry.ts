import { green, nothingPublished, type Row, together, unknown } from '../row.ts'

/** The registry answers a question about each package. */
export const row: Row = {
  check: 'registry',
  over: 'producer',
  async judge({ survey, evidence }) {
    if (survey.artifacts.length === 0) return nothingPublished
    const judged = await Promise.all(
      survey.artifacts.map(async (artifact) => {
        const observed = await evidence.observed(artifact)
        return observed.state === 'unknown'
          ? unknown('', `${artifact.registry} about ${artifact.name}: ${observed.reason}.`)
          : green('', `${artifact.registry} answers about ${artifact.name}.`)
      }),
    )
    return together(judged, 'packages')
  },
}
