import { ConductError } from '@conduct/core'
import type { Consumer } from '@conduct/config'
import type { Adopter, LockedPackage } from '@conduct/ecosystems'
import type { FrozenConsumer, FrozenRepo, TrainContext } from '../context.ts'
import { observePrevious } from './observe-previous.ts'

/** A consumer before the packages of the train are known. */
export type UnreadConsumer = Omit<FrozenConsumer, 'locked'>

/** @throws ConductError SURVEY_REFUSED for a package manager that nobody here knows */
export async function freezeConsumer(
  context: TrainContext,
  frozen: Omit<FrozenRepo, 'role'>,
  options: { readonly consumer: Consumer; readonly previous?: string | null },
): Promise<UnreadConsumer> {
  const { consumer } = options
  const [adopter, previous] = await Promise.all([
    findAdopter(context.adopters, frozen, consumer),
    options.previous === undefined
      ? observePrevious(context, frozen, consumer)
      : { previous: options.previous, previousUnknown: null },
  ])
  return { ...frozen, role: 'consumer', consumer, adopter, via: consumer.adopt.via ?? 'push', ...previous }
}

export async function readLocked(
  frozen: Pick<UnreadConsumer, 'adopter' | 'tree'>,
  packages: readonly string[],
): Promise<readonly LockedPackage[]> {
  const { adopter, tree } = frozen
  if (adopter === null) return []
  return await Promise.all(packages.map((name) => adopter.read(tree, name)))
}

async function findAdopter(
  adopters: readonly Adopter[],
  frozen: Pick<FrozenRepo, 'name' | 'tree'>,
  { adopt }: Consumer,
): Promise<Adopter | null> {
  if (adopt.manager === null) {
    for (const adopter of adopters) {
      if (await adopter.matches(frozen.tree)) return adopter
    }
    return null
  }
  const declared = adopters.filter(({ declaredAs }) => declaredAs === adopt.manager)
  for (const adopter of declared) {
    if (await adopter.matches(frozen.tree)) return adopter
  }
  if (declared.length > 0 || adopt.command !== null) return declared[0] ?? null
  const known = [...new Set(adopters.map(({ declaredAs }) => declaredAs))].join(', ')
  throw new ConductError('SURVEY_REFUSED', `${frozen.name}: no adapter for the manager ${adopt.manager}`, {
    hint: `Adapters: ${known}.`,
  })
}
