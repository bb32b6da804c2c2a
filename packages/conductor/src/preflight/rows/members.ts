import { green, notApplicable, red, type Row } from '../row.ts'

/** A consumer that adopts names at least one package of the train; else work for it was shipped elsewhere. */
export const row: Row = {
  check: 'members',
  over: 'consumer',
  async judge({ survey, frozen }) {
    if (frozen.via === 'none') return notApplicable('Nothing is adopted here.')
    if (survey.artifacts.length === 0) return notApplicable('This train has no library.')
    const named = frozen.locked.filter(({ manifests }) => manifests.length > 0)
    const coveredText = `${named.length} of ${survey.artifacts.length} packages named`
    if (named.length > 0) {
      return green(coveredText, `Its manifests name ${named.map((one) => one.package).join(', ')}.`)
    }
    const packages = survey.artifacts.map(({ name }) => name).join(', ')
    return red(
      coveredText,
      `No manifest on ${frozen.main} names ${packages}; add the dependency, or declare adopt: { via: none }.`,
    )
  },
}
