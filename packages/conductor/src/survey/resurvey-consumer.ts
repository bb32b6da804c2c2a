import { invariant } from '@conduct/core'
import type { FrozenConsumer, Survey, TrainContext } from '../context.ts'
import { freezeConsumer, readConsumer } from './freeze-consumer.ts'
import { freezeRepo } from './freeze-repo.ts'
import { inRepo } from './in-repo.ts'

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
  return await inRepo(frozen, async () => {
    const { consumer: declared, previous, via } = known
    const unread = await freezeConsumer(context, frozen, { consumer: declared, previous, via })
    const consumer = await readConsumer(context, unread, survey.artifacts)
    return { ...consumer, previousUnknown: known.previousUnknown }
  })
}
