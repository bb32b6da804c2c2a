import type { Consumer } from '@conduct/config'
import type { FrozenConsumer, FrozenRepo, PlannedArtifact, TrainContext } from '../context.ts'
import { commandAdopter } from '../adoption/command-adopter.ts'
import { chooseAdopter } from './choose-adopter.ts'
import { chooseVia } from './choose-via.ts'
import { observePrevious } from './observe-previous.ts'

/** A consumer before the packages of the train are known. */
export type UnreadConsumer = Omit<FrozenConsumer, 'adopter' | 'locked'>

export async function freezeConsumer(
  context: TrainContext,
  frozen: Omit<FrozenRepo, 'role'>,
  options: {
    readonly consumer: Consumer
    readonly previous?: string | null
    readonly via?: FrozenConsumer['via']
  },
): Promise<UnreadConsumer> {
  const { consumer } = options
  const [previous, via] = await Promise.all([
    options.previous === undefined
      ? observePrevious(context, frozen, consumer)
      : { previous: options.previous, previousUnknown: null },
    options.via ?? chooseVia(context, frozen, consumer),
  ])
  return { ...frozen, role: 'consumer', consumer, via, ...previous }
}

/**
 * Who adopts in this consumer, and what it has of each package.
 *
 * @throws ConductError SURVEY_REFUSED for a package manager that nobody here knows, or that does not fit the train
 */
export async function readConsumer(
  context: Pick<TrainContext, 'adopters' | 'runCommand' | 'signal'>,
  frozen: UnreadConsumer,
  packages: readonly Pick<PlannedArtifact, 'name' | 'ecosystem'>[],
): Promise<FrozenConsumer> {
  const { adopt } = frozen.consumer
  const { command, observe } = adopt
  const adopter =
    command === null || observe === null
      ? await chooseAdopter(context.adopters, { frozen, adopt }, packages)
      : commandAdopter({ context, frozen, command, observe })
  const locked =
    adopter === null ? [] : await Promise.all(packages.map(({ name }) => adopter.read(frozen.tree, name)))
  return { ...frozen, adopter, locked }
}
