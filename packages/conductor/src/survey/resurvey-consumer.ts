import { invariant } from '@conduct/core'
import type { FrozenConsumer, Survey, TrainContext } from '../context.ts'
import { freezeConsumer, readLocked } from './freeze-consumer.ts'
import { freezeRepo } from './freeze-repo.ts'

/**
 * Freezes one consumer again at the head its main has now; everything else of the survey stands, what runs at its
 * target too: the plan that was approved expects it.
 */
export async function resurveyConsumer(
  context: TrainContext,
  survey: Survey,
  repoName: string,
): Promise<FrozenConsumer> {
  const known = survey.consumers.find(({ name }) => name === repoName)
  invariant(known !== undefined, `${repoName} is no consumer of this survey`)
  const frozen = await freezeRepo(context, { name: repoName })
  const consumer = await freezeConsumer(context, frozen, {
    consumer: known.consumer,
    previous: known.previous,
  })
  return {
    ...consumer,
    previousUnknown: known.previousUnknown,
    locked: await readLocked(
      consumer,
      survey.artifacts.map(({ name }) => name),
    ),
  }
}
