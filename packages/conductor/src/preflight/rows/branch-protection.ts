import { assertNever } from '@conduct/core'
import type { BranchRules } from '@conduct/forge'
import type { FrozenConsumer } from '../../context.ts'
import { judgeAtForge, judgeReading } from '../forge.ts'
import { green, type Judgement, notApplicable, red, type Row, unknown } from '../row.ts'

/** Protection and rulesets of main against the chosen way of adopting. */
export const row: Row = {
  check: 'branch_protection',
  over: 'consumer',
  async judge(input) {
    const { frozen, evidence } = input
    if (frozen.via === 'none') return notApplicable('Nothing is adopted here.')
    if (frozen.via === 'pull_request' && (await evidence.forge(frozen)) === null) {
      return red(
        '1 of 1 ways',
        `A pull request needs a forge: declare repos.${frozen.name}.forge, or adopt: { via: push }.`,
      )
    }
    return judgeAtForge(input, async () =>
      judgeReading(await evidence.rules(frozen), {
        what: `How ${frozen.main} is protected`,
        judge: (rules) => judgeAdoption(frozen, rules),
      }),
    )
  },
}

/** The rules of main against the way of adopting; `none` asks nothing of them. */
export function judgeAdoption(consumer: Pick<FrozenConsumer, 'main' | 'via'>, rules: BranchRules): Judgement {
  if (consumer.via === 'none') return notApplicable('Nothing is adopted here.')
  return consumer.via === 'push' ? judgePush(consumer, rules) : judgePullRequest(consumer, rules)
}

function judgePush({ main }: Pick<FrozenConsumer, 'main'>, rules: BranchRules): Judgement {
  const { push } = rules
  switch (push.allowed) {
    case 'yes':
      return green('1 of 1 ways', `${main} takes a push.`)
    case 'no':
      return red(
        '1 of 1 ways',
        `A push to ${main} would be refused: ${push.because.join('; ')}. Declare adopt: { via: pull_request }.`,
      )
    case 'unknown':
      return unknown(
        '0 of 1 ways',
        `Whether ${main} takes a push: ${push.because.join('; ')}. Declare adopt: { via: pull_request }.`,
      )
    default:
      return assertNever(push)
  }
}

function judgePullRequest({ main }: Pick<FrozenConsumer, 'main'>, rules: BranchRules): Judgement {
  const { pullRequest } = rules
  if (pullRequest.allowed === 'no') {
    return red(
      '1 of 1 ways',
      `A pull request into ${main} would be no way: ${pullRequest.because.join('; ')}.`,
    )
  }
  if (pullRequest.allowed === 'unknown') {
    return unknown('0 of 1 ways', `A pull request into ${main}: ${pullRequest.because.join('; ')}.`)
  }
  if (rules.mergeMethods.length === 0 && !rules.needsMergeQueue) {
    return red('1 of 1 ways', `${main} allows no way of merging; allow one at the forge.`)
  }
  return green('1 of 1 ways', `${main} takes a pull request${conditions(rules)}.`)
}

function conditions(rules: BranchRules): string {
  const wants = [
    ...rules.requiredChecks.map(({ name }) => name),
    ...((rules.requiredReviews ?? 0) > 0 ? [`${rules.requiredReviews} reviews by people`] : []),
  ]
  const merged = rules.needsMergeQueue ? ', merged by its queue' : ''
  return wants.length === 0 ? merged : `, with ${wants.join(', ')}${merged}`
}
