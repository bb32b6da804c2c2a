import { green, nothingPublished, notApplicable, publishedArtifacts, red, type Row } from '../row.ts'
import { declaredRegistries } from '../../declared-registries.ts'

/**
 * The producer's own registry settings ask for no variable that was not given to them: the server that they name
 * would be sent its value. Publishing and logging in refuse it, too, whatever this row says.
 */
export const row: Row = {
  check: 'credential_variables',
  over: 'producer',
  isNeverOverridden: true,
  async judge({ context, survey, frozen: { name, repo, tree } }) {
    const published = publishedArtifacts(survey)
    if (published.length === 0) return nothingPublished
    const publishers = [...new Set(published.map(({ publisher }) => publisher))]
    const granted = { passEnv: repo.env, declaredRegistries: declaredRegistries(context.train) }
    const asked = publishers.flatMap((publisher) => publisher.refusedVariables?.(tree, granted) ?? [])
    if (asked.length === 0) return notApplicable('What publishes reads no settings of the repository.')
    const refused = (await Promise.all(asked)).flat()
    if (refused.length === 0) {
      return green(
        `${asked.length} of ${asked.length} clients`,
        'Its registry settings ask for no variable that was not given to them.',
      )
    }
    const places = refused.map(
      ({ file, line, setting, variable }) => `${file}:${line}: ${setting} asks for ${variable}`,
    )
    const names = [...new Set(refused.map(({ variable }) => variable))].join(', ')
    return red(
      `${asked.length} of ${asked.length} clients`,
      `SETTINGS_VARIABLE_REFUSED: ${[...new Set(places)].join('; ')}. The registry that these settings name would be sent it. Declare that registry in lanes.yaml (publish: registry:) and ask for NPM_TOKEN or NODE_AUTH_TOKEN, or declare the variable: repos.${name}.env: [${names}].`,
    )
  },
}
