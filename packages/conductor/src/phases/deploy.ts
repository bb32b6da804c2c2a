import { ConductError } from '@conduct/core'
import type { Command } from '@conduct/config'
import { observeTimeoutMs, runForConsumer, shaOf, valuesOf } from '../consumer-commands.ts'
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
    const { strategy, after } = traveller.consumer.consumer.deploy
    switch (strategy.kind) {
      case 'none':
        return sayNothingIsDispatched(traveller)
      case 'command': {
        const travel = travelOf(traveller.journey)
        await takeStep(travel, deployStep(traveller, strategy.run))
        for (const [index, command] of after.entries()) {
          await takeStep(travel, postDeployStep(traveller, { command, index: index + 1 }))
        }
        return undefined
      }
      case 'git_push':
      case 'github_workflow':
        throw new ConductError(
          'DEPLOY_UNSUPPORTED',
          `${traveller.name}: this conduct cannot deploy by ${strategy.kind} yet`,
        )
    }
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

function deployStep(traveller: ConsumerJourney, run: Command): Step {
  const { name, consumer } = traveller
  const { deploy: declared } = consumer.consumer
  const shown = showCommand(expandCommand(run, valuesOf(traveller)))
  return {
    id: stepId.deploy(name),
    phase: 'deploy',
    kind: 'deploy',
    repo: name,
    action: `deploy ${name}: ${shown}`,
    irreversible: true,
    observe: () => observeTarget(traveller),
    effect: {
      timeoutMs: declared.timeoutMs,
      observationIsImmediate: declared.previous !== null,
      harmlessErrors: ['COMMAND_NOT_FOUND'],
      // The workplace and its setup are made ready first: nothing but the command stands between check and effect.
      prepare: async () => {
        await traveller.workplace.path()
        return {}
      },
      act: async ({ signal }) => {
        await runForConsumer(traveller, { command: run, timeoutMs: declared.timeoutMs, signal })
        return { outcome: 'acted' }
      },
      confirm: () => confirmTarget(traveller),
    },
  }
}

/** What runs at the target, where anything can tell; a deploy without `previous` is judged by its verification. */
async function observeTarget(traveller: ConsumerJourney): Promise<Observation> {
  const { consumer, journey, name } = traveller
  const { deploy: declared } = consumer.consumer
  const facts = factsOf(traveller)
  if (declared.previous !== null) {
    return judgeTarget({
      running: await readPrevious(traveller, declared.previous),
      facts,
      expected: consumer.previous,
    })
  }
  const sha = facts.sha
  if (declared.verify !== null) {
    const read = await readTarget(declared.verify, valuesOf(traveller), travelOf(journey).lease.signal)
    if (read.answer === 'match')
      return { state: 'goal', evidence: `${name} answers as ${sha}`, facts: { ...facts } }
  }
  if (hasUnprovedIntent(journey.journal.records(), stepId.deploy(name))) {
    return {
      state: 'unknown',
      evidence: `a deploy of ${name} was begun and nothing can tell how it ended: declare deploy.previous`,
    }
  }
  return { state: 'expected', evidence: 'nothing tells what runs now: no deploy.previous is declared' }
}

async function confirmTarget(traveller: ConsumerJourney): Promise<Observation> {
  const { consumer, name } = traveller
  const { previous } = consumer.consumer.deploy
  const facts = factsOf(traveller)
  if (previous === null) {
    return { state: 'goal', evidence: 'the deploy command ended well', facts: { ...facts } }
  }
  const seen = judgeTarget({
    running: await readPrevious(traveller, previous),
    facts,
    expected: consumer.previous,
  })
  if (seen.state !== 'expected') return seen
  const evidence = `${name}: the deploy command ended well, but ${consumer.previous ?? 'nothing'} still runs`
  return { state: 'other', evidence, error: new ConductError('DEPLOY_INEFFECTIVE', evidence) }
}

function readPrevious(traveller: ConsumerJourney, command: Command): Promise<string> {
  return runForConsumer(traveller, { command, timeoutMs: observeTimeoutMs })
}

function factsOf(traveller: ConsumerJourney): DeployFacts {
  const { consumer } = traveller
  return {
    sha: shaOf(traveller),
    previousSha: consumer.previous,
    target: consumer.consumer.deploy.verify?.url ?? 'command',
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
