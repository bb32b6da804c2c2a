import { green, nothingPublished, publishedArtifacts, red, type Row, unknown } from '../row.ts'

/** VERSION_TAKEN when everything is live already; where only some is, check compares what was packed with it. */
export const row: Row = {
  check: 'version_free',
  over: 'producer',
  async judge({ survey, evidence, publishedByThisRun }) {
    const artifacts = publishedArtifacts(survey)
    if (artifacts.length === 0) return nothingPublished
    const read = await Promise.all(
      artifacts.map(async (artifact) => ({ artifact, observed: await evidence.observed(artifact) })),
    )
    const names = (some: typeof read) =>
      some.map((one) => `${one.artifact.name}@${one.artifact.version}`).join(', ')
    const undecided = read.filter(({ observed }) => observed.state === 'unknown')
    const live = read.filter(({ observed }) => observed.state === 'present')
    const coveredText = `${read.length - undecided.length} of ${read.length} packages`
    const ours = live.filter(({ artifact }) => publishedByThisRun.has(`${artifact.name}@${artifact.version}`))
    if (undecided.length > 0) return unknown(coveredText, `Not known whether ${names(undecided)} is live.`)
    if (live.length === 0) return green(coveredText, `${names(read)} is free.`)
    if (ours.length === live.length)
      return green(coveredText, `${names(live)} is live: published by this run.`)
    const uncomparable = live.filter(
      ({ artifact }) => !artifact.isPacked && !ours.some((one) => one.artifact === artifact),
    )
    if (live.length < read.length && uncomparable.length === 0) {
      return green(coveredText, `${names(live)} is live already and is compared with what is packed.`)
    }
    const version = read[0]?.artifact.version ?? ''
    return red(
      coveredText,
      `VERSION_TAKEN: ${names(uncomparable.length > 0 ? uncomparable : live)} is live already; bump the version, or let the others catch up with --version ${version}.`,
    )
  },
}
