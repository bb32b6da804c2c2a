import type { PlannedStep } from '@conduct/core'
import type { Action, Configure } from '@conduct/config'
import { canTellPrevious } from '../deploy/way-back.ts'
import { stepId } from '../step-id.ts'
import { showCommand } from '../template.ts'
import type { FrozenConsumer, PlannedArtifact } from '../context.ts'
import { type PlanFacts, reposOf } from './plan-facts.ts'
import { dispatchSteps, publishSteps } from './publish-steps.ts'
import { quiet } from './quiet-step.ts'

/** Every step of the journey in the order of the phases; consumers in the order of lanes.yaml. */
export function planSteps(facts: PlanFacts): readonly PlannedStep[] {
  const { survey, train } = facts
  const approved = approvedActions(facts)
  const published = survey.catchUp ? [] : survey.artifacts
  const adopting = survey.consumers.filter(({ via }) => via !== 'none' && survey.artifacts.length > 0)
  const deploying = survey.consumers.filter(({ consumer }) => consumer.deploy.strategy.kind !== 'none')
  const repos = reposOf(survey)
  return [
    quiet('claim', 'claim', stepId.claim(train.lane), null, `take ${train.lane}`),
    ...repos.map(({ name, commit }) =>
      quiet('survey', 'survey', stepId.survey(name), name, `freeze ${name} at ${commit.slice(0, 7)}`),
    ),
    ...repos.map(({ name }) =>
      quiet('preflight', 'preflight', stepId.preflight(name), name, `every guard over ${name}`),
    ),
    ...repos.map(({ name, role }) =>
      quiet(
        'check',
        'check',
        stepId.check(name),
        name,
        role === 'producer' ? `checks of ${name}, pack` : `try in ${name}`,
      ),
    ),
    ...askSteps(facts),
    quiet('approve', 'approve', stepId.approve(), null, 'an approval of this plan, where one is needed'),
    ...(published.length > 0 ? dispatchSteps(facts, approved) : []),
    ...published.flatMap((artifact) => publishSteps(artifact, facts, approved)),
    ...published.map(awaitStep),
    ...adopting.flatMap((consumer) => [
      ...(consumer.via === 'pull_request' ? proposalSteps(consumer) : []),
      adoptStep(consumer, facts, approved),
    ]),
    ...survey.consumers.flatMap((consumer) =>
      consumer.consumer.configure.map((setting) => configureStep(consumer, setting, approved)),
    ),
    ...deploying.flatMap((consumer) => deploySteps(consumer, approved)),
    ...deploying.flatMap(verifySteps),
    quiet('report', 'report', stepId.report(), null, 'write the report'),
    quiet('report', 'release', stepId.release(train.lane), null, `hand ${train.lane} to the next in line`),
  ]
}

function approvedActions({ lane }: PlanFacts): ReadonlySet<Action> {
  return new Set(lane.approval?.actions ?? [])
}

/** Where approvals are given at the forge, somebody has to be asked there. */
function askSteps({ lane, train }: PlanFacts): readonly PlannedStep[] {
  const { approval } = lane
  if (approval?.via !== 'forge') return []
  const repo = approval.issue?.repo ?? train.producer.repo
  const where = approval.issue === null ? 'in an issue' : `at ${approval.issue.repo}#${approval.issue.number}`
  return [quiet('approve', 'ask', stepId.ask(), repo, `ask for an approval of this plan ${where}`)]
}

function awaitStep({ name, version, registry }: PlannedArtifact): PlannedStep {
  return {
    ...quiet(
      'await',
      'await',
      stepId.await(name, version),
      null,
      `wait until resolvers see ${name}@${version}`,
    ),
    goal: `packument and tarball of ${name}@${version} at ${registry}`,
  }
}

function adoptStep(
  frozen: FrozenConsumer,
  { survey }: PlanFacts,
  approved: ReadonlySet<Action>,
): PlannedStep {
  const packages = survey.artifacts.map(({ name, version }) => `${name}@${version}`).join(', ')
  return {
    id: stepId.adopt(frozen.name),
    phase: 'adopt',
    kind: 'adopt',
    repo: frozen.name,
    action: `adopt ${packages} in ${frozen.name} (${frozen.adopter?.manager ?? 'none'}, ${frozen.via})`,
    irreversible: true,
    expect: `${frozen.main} at ${frozen.commit}`,
    goal: `the lockfile on ${frozen.main} holds ${packages}`,
    needsApproval: approved.has('adopt'),
  }
}

/** Made and withdrawn without a trace on main; the merge is the adoption. */
function proposalSteps({ name, main }: FrozenConsumer): readonly PlannedStep[] {
  return [
    {
      ...quiet('adopt', 'propose', stepId.propose(name), name, `offer it to ${name} on a branch of the run`),
      goal: `the adoption commit on top of ${main}`,
    },
    {
      ...quiet('adopt', 'pull_request', stepId.pullRequest(name), name, `open a pull request in ${name}`),
      goal: `one pull request into ${main}`,
    },
  ]
}

function configureStep(
  frozen: FrozenConsumer,
  setting: Configure,
  approved: ReadonlySet<Action>,
): PlannedStep {
  const irreversible = setting.undo === null
  return {
    id: stepId.configure(frozen.name, setting.name),
    phase: 'configure',
    kind: 'configure',
    repo: frozen.name,
    action: `set ${setting.name} of ${frozen.name}`,
    irreversible,
    expect: setting.secret ? '(secret)' : setting.expect.map((value) => JSON.stringify(value)).join(' or '),
    goal: setting.secret ? '(secret)' : JSON.stringify(setting.goal),
    needsApproval: irreversible && approved.has(setting.action),
  }
}

function deploySteps(frozen: FrozenConsumer, approved: ReadonlySet<Action>): readonly PlannedStep[] {
  const { deploy } = frozen.consumer
  const common = {
    phase: 'deploy',
    repo: frozen.name,
    irreversible: true,
    needsApproval: approved.has('deploy'),
  } as const
  const how = deploy.strategy.kind === 'command' ? showCommand(deploy.strategy.run) : deploy.strategy.kind
  return [
    {
      ...common,
      id: stepId.deploy(frozen.name),
      kind: 'deploy',
      action: `deploy ${frozen.name}: ${how}`,
      expect: expectedBeforeDeploy(frozen),
      goal: `${frozen.name} runs its adoption commit`,
    },
    ...deploy.after.map((command, index) => ({
      ...common,
      id: stepId.postDeploy(frozen.name, index + 1),
      kind: 'post_deploy',
      action: `after the deploy of ${frozen.name}: ${showCommand(command)}`,
      expect: null,
      goal: 'exit code 0',
    })),
  ]
}

function expectedBeforeDeploy({ previous, previousUnknown, consumer }: FrozenConsumer): string | null {
  if (previous !== null) return `${previous} runs`
  if (previousUnknown !== null || !canTellPrevious(consumer.deploy)) return null
  return 'nothing is deployed yet'
}

function verifySteps(frozen: FrozenConsumer): readonly PlannedStep[] {
  const { verify } = frozen.consumer.deploy
  if (verify === null) return []
  return [
    {
      ...quiet(
        'verify',
        'verify',
        stepId.verify(frozen.name),
        frozen.name,
        `read ${verify.url} ${verify.reads} times`,
      ),
      goal: `${frozen.name} answers as what was deployed`,
    },
  ]
}
