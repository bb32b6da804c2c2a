import { green, notApplicable, red, type Row, unknown } from '../row.ts'

/** Nothing that its files tell would refuse the adoption: found out now, not after something is published. */
export const row: Row = {
  check: 'adoptable',
  isNeverOverridden: true,
  over: 'consumer',
  async judge({ survey, frozen }) {
    const { adopter, tree, locked } = frozen
    if (frozen.via === 'none' || adopter === null) return notApplicable('Nothing is adopted here.')
    const named = new Set(locked.flatMap((one) => (one.manifests.length > 0 ? [one.package] : [])))
    const wanted = survey.artifacts.filter(({ name }) => named.has(name))
    if (wanted.length === 0) return notApplicable('Its manifests name no package of the train.')
    const obstacles = await adopter.obstacles(tree, wanted)
    const covered = `${wanted.length} of ${wanted.length} packages`
    if (obstacles.length === 0 && adopter.manager === 'command') {
      return unknown(
        `0 of ${wanted.length} packages`,
        'A command adopts here: the packed artifact cannot be tried before it is published. Accept that with accept_unknown: [adoptable].',
      )
    }
    if (obstacles.length === 0) return green(covered, 'Manifests and lockfile can take the new versions.')
    return red(covered, `${obstacles.join('; ')}; change that on ${frozen.main}.`)
  },
}
