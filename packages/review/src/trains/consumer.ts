import type { Consumer, Deploy } from '@conduct/config'
import type { ConfigPath, Reporter } from '../reporter.ts'
import { isSame, missingFrom, named } from '../words.ts'
import { type ConsumerPair, inConsumer } from './consumer-pair.ts'
import { reviewVerify } from './verify.ts'

export function reviewConsumer(pair: ConsumerPair, out: Reporter): void {
  reviewAdoption(pair, out)
  reviewConfigure(pair, out)
  reviewDeploy(pair, out)
}

function reviewAdoption(pair: ConsumerPair, out: Reporter): void {
  const { old, now, train } = pair
  if (old.adopt.via !== 'none' && now.adopt.via === 'none') {
    out.report('ADOPTION_DROPPED', {
      severity: 'caution',
      message: `${now.repo} no longer adopts what train "${train}" publishes: it is deployed with the version it has`,
      ...inConsumer(pair, 'adopt'),
    })
  } else if (now.adopt.via === 'push' && old.adopt.via === 'pull_request') {
    out.report('ADOPTION_UNREVIEWED', {
      severity: 'caution',
      message: `a new version reaches the main branch of ${now.repo} by a push instead of a pull request`,
      ...inConsumer(pair, 'adopt'),
    })
  }
  const free = missingFrom(old.after, now.after)
  if (free.length > 0) {
    out.report('CONSUMER_ORDER_CHANGED', {
      severity: 'caution',
      message: `${now.repo} no longer waits until train "${train}" is through with ${named(free)}`,
      ...inConsumer(pair, 'after'),
    })
  }
}

function reviewConfigure(pair: ConsumerPair, out: Reporter): void {
  const { old, now, train } = pair
  for (const { name } of old.configure) {
    if (now.configure.some((step) => step.name === name)) continue
    out.report('CONFIGURE_CHANGED', {
      severity: 'caution',
      message: `train "${train}" no longer sets "${name}" of ${now.repo}`,
      ...inConsumer(pair, 'configure'),
      explains: false,
    })
  }
  for (const [index, step] of now.configure.entries()) {
    const was = old.configure.findIndex(({ name }) => name === step.name)
    const before = old.configure[was]
    if (before === undefined) {
      out.report('CONFIGURE_CHANGED', {
        severity: 'caution',
        message: `train "${train}" sets "${step.name}" of ${now.repo}${step.undo === null ? ', and cannot take it back' : ''}`,
        at: [...pair.at, 'configure', index],
        atBefore: [...pair.atBefore, 'configure'],
        explains: false,
      })
      continue
    }
    if (before.undo === null || step.undo !== null) continue
    out.report('UNDO_DROPPED', {
      severity: 'caution',
      message: `"${step.name}" of ${now.repo} cannot be taken back any more and counts as irreversible`,
      at: [...pair.at, 'configure', index, 'undo'],
      atBefore: [...pair.atBefore, 'configure', was, 'undo'],
    })
  }
}

function reviewDeploy(pair: ConsumerPair, out: Reporter): void {
  const { old, now, train } = pair
  const [was, is] = [old.deploy, now.deploy]
  if (isSame(was, is)) return
  if (was.strategy.kind === 'none') return reviewFirstDeploy(now, { train, at: pair.at }, out)
  if (is.strategy.kind === 'none') {
    out.report('DEPLOY_DROPPED', {
      severity: 'caution',
      message: `train "${train}" no longer deploys ${now.repo}: what it adopts does not run until somebody else deploys it`,
      ...inConsumer(pair, 'deploy'),
    })
    return
  }
  if (!isSame(was.strategy, is.strategy)) {
    out.report('DEPLOY_CHANGED', {
      severity: 'caution',
      message: `${now.repo} is deployed ${strategyText(is)} instead of ${strategyText(was)}`,
      ...inConsumer(pair, 'deploy', is.strategy.kind === 'command' ? 'run' : 'strategy'),
    })
    out.explain([...pair.at, 'deploy', 'strategy'])
  }
  for (const key of ['previous', 'rollback'] as const) {
    if (was[key] === null || is[key] !== null) continue
    out.report('WAY_BACK_DROPPED', {
      severity: 'caution',
      message:
        key === 'previous'
          ? `nobody sees any more what runs in ${now.repo} before a deploy, so that it is neither compared nor brought back`
          : `there is no way back from a deploy of ${now.repo} any more`,
      ...inConsumer(pair, 'deploy', key),
    })
  }
  reviewVerify(pair, out)
}

/** A deploy that was not there before: only whether anybody looks at what came of it. */
export function reviewFirstDeploy(
  { repo, deploy }: Consumer,
  { train, at }: { readonly train: string; readonly at: ConfigPath },
  out: Reporter,
): void {
  if (deploy.strategy.kind === 'none' || deploy.verify !== null) return
  out.report('DEPLOY_UNVERIFIED', {
    severity: 'caution',
    message: `train "${train}" deploys ${repo}, and nobody looks whether the new version runs`,
    at: [...at, 'deploy'],
    atBefore: at,
    explains: false,
  })
}

function strategyText({ strategy }: Deploy): string {
  switch (strategy.kind) {
    case 'command':
      return `by ${'shell' in strategy.run ? strategy.run.shell : strategy.run.argv.join(' ')}`
    case 'git_push':
      return `by a push to ${strategy.branch} of ${strategy.remote}`
    case 'github_workflow':
      return `by the workflow ${strategy.file}`
    case 'none':
      return 'by nobody'
    default:
      return strategy satisfies never
  }
}
