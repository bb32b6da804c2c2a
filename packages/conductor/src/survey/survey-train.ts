import { ConductError } from '@conduct/core'
import type { Train } from '@conduct/config'
import { reposAtOnceMax } from '../limits.ts'
import { createPool } from '../pool.ts'
import type { Survey, SurveyOptions, TrainContext } from '../context.ts'
import { freezeConsumer, readConsumer } from './freeze-consumer.ts'
import { freezeRepo } from './freeze-repo.ts'
import { inRepo } from './in-repo.ts'
import { planArtifacts } from './plan-artifacts.ts'
import { readDistTag } from './read-dist-tag.ts'
import { settleAll } from './settle-all.ts'

/**
 * Fetches every affected repo, in parallel, and freezes one commit of each.
 *
 * @throws ConductError REMOTE_UNREACHABLE (30) naming all that did not answer; SURVEY_REFUSED (3) with all reasons;
 *   USAGE (2) when `only` names no consumer
 */
export async function surveyTrain(context: TrainContext, options: SurveyOptions = {}): Promise<Survey> {
  const { train } = context
  const travelling = chooseConsumers(train, options.only)
  const producerName = train.producer.repo
  const names = [...new Set([producerName, ...travelling.map(({ repo }) => repo)])]
  const pool = createPool(reposAtOnceMax)

  const freeze = (name: string) =>
    freezeRepo(context, {
      name,
      ...(name === producerName && options.producerCommit !== undefined
        ? { commit: options.producerCommit }
        : {}),
    })
  const surveyed = await settleAll(
    names.map((name) =>
      pool(async () => {
        const frozen = await freeze(name)
        const consumer = travelling.find(({ repo }) => repo === name)
        const bound = options.bound?.get(name)
        return {
          frozen,
          consumer:
            consumer === undefined
              ? null
              : await inRepo(frozen, () =>
                  freezeConsumer(context, frozen, {
                    consumer,
                    ...bound,
                  }),
                ),
        }
      }),
    ),
  )
  const [first] = surveyed
  if (first === undefined) throw new Error('invariant broken: a survey without a producer')

  const producer = { ...first.frozen, role: 'producer' as const }
  const planned = await inRepo(producer, () =>
    planArtifacts(context, producer, options.version === undefined ? {} : { version: options.version }),
  )
  const artifacts =
    options.version === undefined
      ? await settleAll(planned.map((artifact) => readDistTag(context, artifact)))
      : planned
  const consumers = surveyed.flatMap(({ consumer }) => (consumer === null ? [] : [consumer]))
  return {
    producer,
    consumers: await settleAll(
      consumers.map((consumer) => inRepo(consumer, () => readConsumer(context, consumer, artifacts))),
    ),
    artifacts,
    catchUp: options.version !== undefined,
    leftOut: train.consumers.filter((consumer) => !travelling.includes(consumer)).map(({ repo }) => repo),
  }
}

function chooseConsumers(train: Train, only: readonly string[] | undefined): Train['consumers'] {
  if (only === undefined || only.length === 0) return train.consumers
  const known = train.consumers.map(({ repo }) => repo)
  const strange = only.filter((name) => !known.includes(name))
  if (strange.length > 0) {
    throw new ConductError('USAGE', `--only names no consumer of this train: ${strange.join(', ')}`, {
      hint: `Consumers: ${known.join(', ')}.`,
    })
  }
  return train.consumers.filter(({ repo }) => only.includes(repo))
}
