import type { Adopter, LockedPackage, LockfileMovement } from '../ports.ts'

/** One adapter and the packages of a train that are its business. */
export interface AdoptingPart {
  readonly adopter: Adopter
  readonly packages: readonly string[]
}

/**
 * Several ecosystems in one consumer, as one adapter: a Rails app that takes a gem and a package of the same library
 * adopts both in one commit. What no part knows is not the consumer's business.
 */
export function adoptTogether(parts: readonly [AdoptingPart, ...AdoptingPart[]]): Adopter {
  const [first] = parts
  const partOf = (name: string): Adopter | null =>
    parts.find(({ packages }) => packages.includes(name))?.adopter ?? null
  const collect = async <One>(
    ask: (adopter: Adopter, packages: readonly string[]) => Promise<readonly One[]>,
  ): Promise<readonly One[]> =>
    (await Promise.all(parts.map(({ adopter, packages }) => ask(adopter, packages)))).flat()
  /** One after the other: they share a worktree. */
  const inTurn = async <One extends { readonly name: string }>(
    wanted: readonly One[],
    work: (adopter: Adopter, own: readonly One[]) => Promise<void>,
  ): Promise<void> => {
    for (const { adopter, packages } of parts) {
      const own = wanted.filter(({ name }) => packages.includes(name))
      if (own.length > 0) await work(adopter, own)
    }
  }
  return {
    manager: nameOf(parts),
    declaredAs: first.adopter.declaredAs,
    ecosystem: first.adopter.ecosystem,
    matches: async (tree) => (await collect(async (adopter) => [await adopter.matches(tree)])).every(Boolean),
    version: async (context, worktree) => {
      const versions = await collect(async (adopter) => [await adopter.version(context, worktree)])
      return versions.includes(null) ? null : versions.join(', ')
    },
    read: async (tree, name) => (await partOf(name)?.read(tree, name)) ?? notNamed(name),
    tryPacked: (options) =>
      inTurn(options.packed, (adopter, packed) => adopter.tryPacked({ ...options, packed })),
    adopt: (options) =>
      inTurn(options.packages, (adopter, packages) => adopter.adopt({ ...options, packages })),
    obstacles: (tree, wanted) =>
      collect((adopter, packages) => {
        const own = wanted.filter(({ name }) => packages.includes(name))
        return own.length === 0 ? Promise.resolve([]) : adopter.obstacles(tree, own)
      }),
    movements: (before, after) => collect<LockfileMovement>((adopter) => adopter.movements(before, after)),
    unrelatedMovements: ({ before, after, adopted }) =>
      collect((adopter, packages) =>
        adopter.unrelatedMovements({
          before,
          after,
          adopted: adopted.filter((name) => packages.includes(name)),
        }),
      ),
    unpublishedReferences: (tree, names) =>
      collect((adopter, packages) =>
        adopter.unpublishedReferences(
          tree,
          names.filter((name) => packages.includes(name)),
        ),
      ),
    releaseAgeGates: async (tree, name) => (await partOf(name)?.releaseAgeGates(tree, name)) ?? [],
  }
}

function nameOf(parts: readonly AdoptingPart[]): Adopter['manager'] {
  const [first, second] = parts.map(({ adopter }) => adopter.manager)
  if (first === undefined) throw new Error('invariant broken: nobody adopts')
  return second === undefined ? first : (`${first} and ${second}` as Adopter['manager'])
}

function notNamed(name: string): LockedPackage {
  return { package: name, manifests: [], locked: [], lockfile: null }
}
