import { ConductError } from '@conduct/core'
import type { Consumer } from '@conduct/config'
import { type Adopter, adoptTogether } from '@conduct/ecosystems'
import type { FrozenRepo, PlannedArtifact } from '../context.ts'

type Wanted = Pick<PlannedArtifact, 'name' | 'ecosystem'>

/**
 * Who adopts the packages of this train in one consumer: by their ecosystem first, since an app of one language often
 * has the lockfile of another beside its own. Packages of two ecosystems are adopted together; those whose ecosystem
 * this consumer has no lockfile of are none of its business.
 *
 * @throws ConductError SURVEY_REFUSED  for a manager that nobody here knows, or of another ecosystem than the train's
 */
export async function chooseAdopter(
  adopters: readonly Adopter[],
  {
    frozen,
    adopt,
  }: { readonly frozen: Pick<FrozenRepo, 'name' | 'tree'>; readonly adopt: Consumer['adopt'] },
  packages: readonly Wanted[],
): Promise<Adopter | null> {
  const declared = declaredAdopters(adopters, frozen.name, adopt)
  const ecosystems = [...new Set(packages.map(({ ecosystem }) => ecosystem))]
  if (ecosystems.length === 0) {
    return (await firstMatching(declared ?? adopters, frozen.tree)) ?? declared?.[0] ?? null
  }
  const own = declared?.filter((one) => ecosystems.includes(one.ecosystem)) ?? []
  if (declared !== null && declared.length > 0 && own.length === 0) {
    throw new ConductError(
      'SURVEY_REFUSED',
      `${frozen.name}: ${adopt.manager} adopts no packages of ${ecosystems.join(', ')}, which is what this train publishes`,
      { hint: 'Leave adopt.manager out: it is told from the lockfile.' },
    )
  }
  const chosen = await Promise.all(
    ecosystems.map(async (ecosystem) => {
      const named = own.filter((one) => one.ecosystem === ecosystem)
      const asked = named.length > 0 ? named : adopters.filter((one) => one.ecosystem === ecosystem)
      const adopter = (await firstMatching(asked, frozen.tree)) ?? named[0] ?? null
      return adopter === null ? [] : [{ adopter, packages: namesOf(packages, ecosystem) }]
    }),
  )
  const [first, ...others] = chosen.flat()
  if (first === undefined) return null
  return ecosystems.length === 1 ? first.adopter : adoptTogether([first, ...others])
}

function declaredAdopters(
  adopters: readonly Adopter[],
  repo: string,
  adopt: Consumer['adopt'],
): readonly Adopter[] | null {
  if (adopt.manager === null) return null
  const declared = adopters.filter(({ declaredAs }) => declaredAs === adopt.manager)
  if (declared.length > 0 || adopt.command !== null) return declared
  const known = [...new Set(adopters.map(({ declaredAs }) => declaredAs))].join(', ')
  throw new ConductError('SURVEY_REFUSED', `${repo}: no adapter for the manager ${adopt.manager}`, {
    hint: `Adapters: ${known}.`,
  })
}

async function firstMatching(
  adopters: readonly Adopter[],
  tree: FrozenRepo['tree'],
): Promise<Adopter | null> {
  for (const adopter of adopters) {
    if (await adopter.matches(tree)) return adopter
  }
  return null
}

function namesOf(packages: readonly Wanted[], of: string): readonly string[] {
  return packages.flatMap(({ name, ecosystem }) => (ecosystem === of ? [name] : []))
}
