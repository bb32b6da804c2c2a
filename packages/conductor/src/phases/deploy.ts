import { ConductError } from '@conduct/core'
import type { Command } from '@conduct/config'
import { placeOf, runForConsumer, shaOf, valuesOf } from '../consumer-commands.ts'
import { awaitOwnChecks } from '../deploy/await-own-checks.ts'
import { finishRollback } from '../deploy/finish-rollback.ts'
import { openTarget } from '../deploy/open-target.ts'
import type { DeployPlace, DeployTarget } from '../deploy/ports.ts'
import { judgeTarget } from '../deploy-target.ts'
import { type ConsumerJourney, type ConsumerPhase, noteLooked, travelOf } from '../journey.ts'
import { hasUnprovedIntent } from '../journal/begun.ts'
import type { DeployFacts } from '../journal/outcomes.ts'
import { readTarget } from '../read-target.ts'
import { type Observation, type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { expandCommand, showCommand } from '../template.ts'

const postDeployTimeoutMs = 15 * 60_000

/** The adoption commit to its target, expecting what ran there when the plan was made; then what comes after. */
export const deploy: ConsumerPhase = {
  name: 'deploy',
  per: 'consumer',
  run: async (traveller) => {
    const place = placeOf(traveller)
    const target = openTarget(place)
    if (target === null) return sayNothingIsDispatched(traveller)
    const travel = travelOf(traveller.journey)
    await finishRollback(traveller, place, target)
    await awaitOwnChecks(traveller)
    await takeStep(travel, deployStep(place, target))
    for (const [index, command] of place.deploy.after.entries()) {
      await takeStep(travel, postDeployStep(traveller, { command, index: index + 1 }))
    }
    return undefined
  },
}

async function sayNothingIsDispatched(traveller: ConsumerJourney): Promise<void> {
  const { journey, name } = traveller
  const facts: DeployFacts = { sha: shaOf(traveller), previousSha: null, target: 'none' }
  await noteLooked(journey, journey.context.clock.wallMs(), [
    {
      step: {
        id: stepId.deploy(name),
        phase: 'deploy',
        kind: 'deploy',
        repo: name,
        action: `deploy ${name}`,
        irreversible: true,
      },
      state: 'skipped',
      evidence: 'deploy: none; nothing was dispatched',
      facts: { ...facts },
    },
  ])
}

function deployStep(place: DeployPlace, target: DeployTarget): Step {
  const { name, deploy: declared } = place
  const facts: DeployFacts = { sha: place.sha, previousSha: place.previous, target: target.address }
  const observe = () => observeTarget(place, target, facts)
  return {
    id: stepId.deploy(name),
    phase: 'deploy',
    kind: 'deploy',
    repo: name,
    action: `deploy ${name}: ${target.how}`,
    irreversible: true,
    observe,
    effect: {
      timeoutMs: declared.timeoutMs,
      observationIsImmediate: target.isImmediate,
      harmlessErrors: target.harmlessErrors,
      prepare: () => target.prepare(),
      act: ({ signal }) => target.deploy(signal),
      confirm: async () => {
        if (target.running === null) {
          return { state: 'goal', evidence: `${target.how}: it ended well`, facts: { ...facts } }
        }
        const seen = await observe()
        if (seen.state !== 'expected') return seen
        const evidence = `${name}: the deploy ended well, but ${place.previous ?? 'nothing'} still runs`
        return { state: 'other', evidence, error: new ConductError('DEPLOY_INEFFECTIVE', evidence) }
      },
    },
  }
}

/** What runs at the target, where anything can tell; otherwise a deploy is judged by its verification. */
async function observeTarget(
  place: DeployPlace,
  target: DeployTarget,
  facts: DeployFacts,
): Promise<Observation> {
  const { name, deploy: declared } = place
  if (target.running !== null) {
    return judgeTarget({ running: await target.running(), facts, expected: place.previous })
  }
  if (declared.verify !== null) {
    const read = await readTarget(declared.verify, place.values, { signal: place.signal })
    if (read.answer === 'match')
      return { state: 'goal', evidence: `${name} answers as ${place.sha}`, facts: { ...facts } }
  }
  if (!hasUnprovedIntent(place.records(), stepId.deploy(name))) {
    return { state: 'expected', evidence: 'nothing tells what runs now: no deploy.previous is declared' }
  }
  const seen = await target.endOfBegun?.()
  if (seen !== undefined)
    return seen.state === 'goal' ? { ...seen, facts: { ...facts, ...seen.facts } } : seen
  return {
    state: 'unknown',
    evidence: `a deploy of ${name} was begun and nothing can tell how it ended: declare deploy.previous`,
  }
}

interface PostDeploy {
  readonly command: Command
  readonly index: number
}

/** Nothing can observe a post-deploy command: it has been proved or it runs, after a crash once more. */
function postDeployStep(traveller: ConsumerJourney, post: PostDeploy): Step {
  const { name, journey } = traveller
  const id = stepId.postDeploy(name, post.index)
  const shown = showCommand(expandCommand(post.command, valuesOf(traveller)))
  return {
    id,
    phase: 'deploy',
    kind: 'post_deploy',
    repo: name,
    action: `after the deploy of ${name}: ${shown}`,
    irreversible: true,
    observe: () => {
      const isProved = journey.journal
        .records()
        .some(
          (record) =>
            record.type === 'proof' &&
            record.step.id === id &&
            record.state === 'done' &&
            record.facts['sha'] === traveller.sha,
        )
      return Promise.resolve(
        isProved
          ? { state: 'goal', evidence: 'it ran after this deploy already', facts: { sha: traveller.sha } }
          : { state: 'expected', evidence: 'it has not run yet' },
      )
    },
    effect: {
      timeoutMs: postDeployTimeoutMs,
      observationIsImmediate: false,
      harmlessErrors: ['COMMAND_NOT_FOUND'],
      act: async ({ signal }) => {
        await runForConsumer(traveller, { command: post.command, timeoutMs: postDeployTimeoutMs, signal })
        return { outcome: 'acted' }
      },
      confirm: () =>
        Promise.resolve({ state: 'goal', evidence: `${shown}: exit code 0`, facts: { sha: traveller.sha } }),
    },
  }
}
