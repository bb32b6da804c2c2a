import { formatDuration } from '@conduct/core'
import { green, notApplicable, red, type Row } from '../row.ts'

/** No gate of the consumer's package manager refuses our package for being minutes old. */
export const row: Row = {
  check: 'release_age',
  over: 'consumer',
  async judge({ survey, frozen }) {
    const { adopter, tree } = frozen
    if (survey.artifacts.length === 0) return notApplicable('This train has no library.')
    if (adopter === null || frozen.via === 'none') return notApplicable('Nothing is adopted here.')
    const packages = survey.artifacts.map(({ name }) => name)
    const gates = (await Promise.all(packages.map((name) => adopter.releaseAgeGates(tree, name)))).flat()
    const closed = gates.filter(({ isExempt, minimumAgeMs }) => !isExempt && minimumAgeMs > 0)
    const coveredText = `${packages.length} of ${packages.length} packages`
    if (closed.length === 0) return green(coveredText, 'No release-age gate stands in the way.')
    const lines = closed.map(
      ({ file, setting, minimumAgeMs, exemptingFile, exemptingLine }) =>
        `${setting} in ${file} holds new versions back for ${formatDuration(minimumAgeMs)}; exempt the package in ${exemptingFile}: ${exemptingLine}`,
    )
    return red(coveredText, [...new Set(lines)].join('. '))
  },
}
