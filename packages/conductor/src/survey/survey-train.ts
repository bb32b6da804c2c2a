import { ConductError } from '@conduct/core'
import type { Train } from '@conduct/config'
import { reposAtOnceMax } from '../limits.ts'
import { createPool } from '../pool.ts'
import type { FrozenRepo, PlannedArtifact, Survey, SurveyOptions, TrainContext } from '../context.ts'
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
  // Which packages the train has is read while other repos are still fetched; who does not answer is told first.
  const packages = Promise.withResolvers<readonly PlannedArtifact[]>()
  packages.promise.catch(() => undefined)
  const surveyed = await settleAll(
    names.map((name) =>
      pool(async () => {
        const frozen = await freeze(name)
        if (name === producerName) packages.resolve(planPackages(context, frozen, options))
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
  const artifacts = await packages.promise
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

async function planPackages(
  context: TrainContext,
  producer: Omit<FrozenRepo, 'role'>,
  { version }: Pick<SurveyOptions, 'version'>,
): Promise<readonly PlannedArtifact[]> {
  const planned = await inRepo(producer, () =>
    planArtifacts(context, producer, version === undefined ? {} : { version }),
  )
  if (version !== undefined) return planned
  return settleAll(planned.map((artifact) => readDistTag(context, artifact)))
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
