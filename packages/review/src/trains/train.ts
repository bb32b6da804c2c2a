import type { Train } from '@conduct/config'
import type { Sides } from '../lane-pair.ts'
import type { ConfigPath, Reporter } from '../reporter.ts'
import { isSame, missingFrom, named } from '../words.ts'
import { reviewConsumer, reviewFirstDeploy } from './consumer.ts'

export function reviewTrains({ before, after }: Sides, out: Reporter): void {
  const [old, now] = [before.config.trains, after.config.trains]
  for (const [name] of old) {
    if (now.has(name)) continue
    out.report('TRAIN_REMOVED', {
      severity: 'caution',
      message: `train "${name}" is gone: a run of it that is not finished can not be resumed by this file`,
      at: ['trains', name],
    })
  }
  for (const [name, train] of now) {
    const was = old.get(name)
    if (was === undefined) reviewAdded(name, train, out)
    else reviewTrain(name, { old: was, now: train }, out)
  }
}

export function reviewAdded(name: string, train: Train, out: Reporter): void {
  const repos = train.consumers.map(({ repo }) => repo)
  out.report('TRAIN_ADDED', {
    severity: 'info',
    message: `train "${name}" brings what ${train.producer.repo} publishes to ${repos.length === 0 ? 'nobody yet' : named(repos)}, under lane "${train.lane}"`,
    at: ['trains', name],
  })
  for (const [index, consumer] of train.consumers.entries()) {
    reviewFirstDeploy(consumer, { train: name, at: ['trains', name, 'consumers', index] }, out)
  }
}

interface Pair {
  readonly old: Train
  readonly now: Train
}

function reviewTrain(name: string, { old, now }: Pair, out: Reporter): void {
  reviewRoute(name, { old, now }, out)
  for (const [index, { repo }] of old.consumers.entries()) {
    if (now.consumers.some((each) => each.repo === repo)) continue
    out.report('CONSUMER_REMOVED', {
      severity: 'caution',
      message: `${repo} no longer gets what train "${name}" publishes: it stays at the version it has`,
      at: ['trains', name, 'consumers'],
      atBefore: ['trains', name, 'consumers', index],
      explains: false,
    })
  }
  for (const [index, consumer] of now.consumers.entries()) {
    const at = ['trains', name, 'consumers', index]
    const indexBefore = old.consumers.findIndex(({ repo }) => repo === consumer.repo)
    const was = old.consumers[indexBefore]
    if (was === undefined) {
      out.report('CONSUMER_ADDED', {
        severity: 'info',
        message: `${consumer.repo} gets what train "${name}" publishes`,
        at,
        atBefore: ['trains', name, 'consumers'],
        explains: false,
      })
      reviewFirstDeploy(consumer, { train: name, at }, out)
    } else {
      const atBefore: ConfigPath = ['trains', name, 'consumers', indexBefore]
      reviewConsumer({ old: was, now: consumer, train: name, at, atBefore }, out)
    }
  }
}

function reviewRoute(name: string, { old, now }: Pair, out: Reporter): void {
  const at = (...keys: readonly string[]): ConfigPath => ['trains', name, ...keys]
  if (old.lane !== now.lane) {
    out.report('TRAIN_LANE_CHANGED', {
      severity: 'caution',
      message: `train "${name}" travels under lane "${now.lane}" instead of "${old.lane}": a run that is under way does not keep out the next one`,
      at: at('lane'),
    })
  }
  if (!isSame(old.producer, now.producer)) {
    out.report('PRODUCER_CHANGED', {
      severity: 'caution',
      message:
        old.producer.repo === now.producer.repo
          ? `what train "${name}" publishes, or how, is another: ${publishText(now)} instead of ${publishText(old)}`
          : `train "${name}" publishes from ${now.producer.repo} instead of ${old.producer.repo}`,
      at: at('producer', ...(old.producer.repo === now.producer.repo ? ['publish'] : ['repo'])),
    })
    out.explain(at('producer'))
  }
  const accepted = missingFrom(now.acceptUnknown, old.acceptUnknown)
  if (accepted.length > 0) {
    out.report('UNKNOWN_ACCEPTED', {
      severity: 'danger',
      message: `train "${name}" goes on where nobody can tell whether ${named(accepted)} is green`,
      at: at('acceptUnknown'),
    })
  }
  if (old.blockingLabel !== null && old.blockingLabel !== now.blockingLabel) {
    out.report('BLOCKER_DROPPED', {
      severity: 'caution',
      message: `an issue labelled "${old.blockingLabel}" no longer stops train "${name}"`,
      at: at('blockingLabel'),
    })
  }
  const boldness: readonly Train['onConsumerFailure'][] = ['stop_all', 'stop_new', 'continue']
  if (boldness.indexOf(now.onConsumerFailure) > boldness.indexOf(old.onConsumerFailure)) {
    out.report('FAILURE_IGNORED', {
      severity: 'caution',
      message: `when a consumer of train "${name}" fails, ${now.onConsumerFailure === 'continue' ? 'all others go on' : 'those that have begun go on'}`,
      at: at('onConsumerFailure'),
    })
  }
}

function publishText({ producer: { publish } }: Train): string {
  if (publish === 'infer') return 'what its manifests say'
  if ('workflow' in publish) return `by the workflow ${publish.workflow}`
  return publish.length === 0 ? 'nothing' : named(publish.map((each) => each.package ?? 'its package'))
}
