import type { PlanBasis, PlannedConsumer } from '@conduct/core'
import { afterWithin } from '../after-within.ts'
import type { FrozenConsumer } from '../context.ts'
import type { PlanFacts } from './plan-facts.ts'

/** What an approval signs. A secret's goal is covered by `configHash`; it is not written down here. */
export function toBasis(facts: PlanFacts): PlanBasis {
  const { survey } = facts
  return {
    train: facts.trainName,
    lane: facts.train.lane,
    configCommit: facts.configCommit,
    configHash: facts.configHash,
    producer: { repo: survey.producer.name, commit: survey.producer.commit },
    packages: survey.artifacts.map(({ name, version, ecosystem, directory, registry, tag }) => ({
      name,
      version,
      ecosystem,
      directory,
      registry,
      tag,
    })),
    catchUp: survey.catchUp,
    consumers: survey.consumers.map((frozen) => toPlannedConsumer(frozen, facts)),
    overrides: facts.overrides
      .map(({ check, repo, reason, by }) => ({ check, repo, reason, by }))
      .sort((a, b) => `${a.repo}:${a.check}`.localeCompare(`${b.repo}:${b.check}`, 'en')),
    leftOut: survey.leftOut,
  }
}

function toPlannedConsumer(frozen: FrozenConsumer, { survey, train }: PlanFacts): PlannedConsumer {
  const { consumer } = frozen
  const known = [...train.consumers, ...survey.consumers.map((one) => one.consumer)]
  return {
    repo: frozen.name,
    after: afterWithin(known, frozen.name, survey.leftOut),
    adopt: { manager: frozen.adopter?.manager ?? 'none', via: frozen.via },
    configure: consumer.configure.map(({ name, action, goal, secret }) => ({
      name,
      action,
      goal: secret ? '(secret)' : goal,
    })),
    deploy: { strategy: consumer.deploy.strategy.kind, previous: frozen.previous },
  }
}
