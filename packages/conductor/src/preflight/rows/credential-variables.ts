import type { LeftOutSetting } from '@conduct/ecosystems'
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
      const leftOut = await Promise.all(publishers.flatMap((one) => one.leftOutSettings?.(tree) ?? []))
      return green(
        `${asked.length} of ${asked.length} clients`,
        `Its registry settings ask for no variable that was not given to them.${notFollowed(leftOut.flat())}`,
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

/** Nothing is wrong with a proxy, but who publishes has to want it: it sees what goes through it. */
function notFollowed(leftOut: readonly LeftOutSetting[]): string {
  if (leftOut.length === 0) return ''
  const places = leftOut.map(({ file, line, setting }) => `${file}:${line}: ${setting}`)
  return ` Not followed by a client that carries credentials: ${[...new Set(places)].join('; ')}. Where the registry is behind it, set it in your own ~/.npmrc or as HTTPS_PROXY.`
}
