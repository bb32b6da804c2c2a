/** Deploys: something to run, something to see, a way back. */
import type { Cursor } from '../cursor.ts'
import type { RuleContext } from './rule-context.ts'

export function checkTrainDeploys(context: RuleContext): void {
  for (const [, train] of context.root.get('trains').entries()) {
    for (const consumer of train.get('consumers').items()) {
      const deploy = consumer.get('deploy')
      if (deploy.node?.kind === 'map') checkDeploy(context, deploy, consumer.get('repo').text() ?? 'consumer')
    }
  }
}

function checkDeploy({ sink }: RuleContext, deploy: Cursor, repo: string): void {
  const strategy = deploy.get('strategy')
  const kind = strategy.exists ? (strategy.text() ?? strategy.names()[0] ?? '') : 'command'
  const run = deploy.get('run')
  const previous = deploy.get('previous')
  if (
    kind === 'command' &&
    !run.exists &&
    !deploy.names().some((key) => key !== 'run' && /^runs?|cmd|command$/.test(key))
  ) {
    sink.report('KEY_MISSING', deploy.lackingSpan, {
      message: `the deploy of "${repo}" lacks the key "run"`,
      hint: 'Add run: the command that deploys {sha}, or write strategy: none.',
    })
  }
  if (kind !== 'command' && run.exists && strategy.exists) {
    sink.report('KEY_CONFLICT', run.ownKeySpan, {
      message: `run would never be used: the deploy of "${repo}" has the strategy ${kind}`,
      hint: 'Remove run, or the strategy.',
      related: [{ span: strategy.span, message: 'strategy' }],
    })
  }
  const isBlind = kind === 'command' || kind === 'github_workflow'
  if (isBlind && !previous.exists) {
    sink.report('DEPLOY_WITHOUT_PREVIOUS', deploy.lackingSpan, {
      message: `nobody can see what "${repo}" runs before it is deployed`,
    })
  }
  const automatic = deploy.get('on_failed_verify')
  const missing = [deploy.get('rollback'), previous]
    .filter((cursor) => !cursor.exists)
    .map(({ name }) => name)
  if (isBlind && automatic.text() === 'automatic' && missing.length > 0) {
    sink.report('ROLLBACK_MISSING', automatic.span, {
      message: `"${repo}" should roll back by itself, but has no ${missing.join(' and no ')}`,
    })
  }
}
