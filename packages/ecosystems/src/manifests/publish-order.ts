import { ConductError } from '@conduct/core'

export interface Ordered {
  readonly name: string
  readonly needs: readonly string[]
}

/**
 * What is needed comes before what needs it; otherwise by name.
 *
 * @throws ConductError PUBLISH_CYCLE  with the cycle shown, first package repeated at its end.
 */
export function inPublishOrder<T extends Ordered>(packages: readonly T[]): readonly T[] {
  const byName = new Map(packages.map((one) => [one.name, one]))
  const ordered = new Set<T>()
  const visit = (one: T, path: readonly string[]): void => {
    if (ordered.has(one)) return
    const start = path.indexOf(one.name)
    if (start !== -1) throw cycleError([...path.slice(start), one.name])
    for (const need of [...one.needs].sort()) {
      const needed = byName.get(need)
      if (needed !== undefined) visit(needed, [...path, one.name])
    }
    ordered.add(one)
  }
  for (const one of packages.toSorted((a, b) => (a.name < b.name ? -1 : 1))) visit(one, [])
  return [...ordered]
}

function cycleError(cycle: readonly string[]): ConductError {
  return new ConductError('PUBLISH_CYCLE', `packages need each other in a circle: ${cycle.join(' → ')}`, {
    details: { cycle },
  })
}
