/** What is live where: one row per consumer, from what it had to what it has. */
import type { Adopted, Deployed, PlannedConsumer, RunRecord, StepRecord } from '@conduct/core'
import { commit, link, plain } from '../cells.ts'
import type { Cell, Section } from '../model.ts'

export function whereSection(record: RunRecord): Section {
  const hasPullRequests = record.adopted.some(({ pullRequest }) => pullRequest !== null)
  const planned = record.plan?.basis.consumers ?? []
  return {
    title: 'What is live where',
    note: 'Verified compares what runs with what was meant to run, in several reads.',
    columns: [
      'consumer',
      'stands',
      'version',
      'commit',
      ...(hasPullRequests ? ['pull request'] : []),
      'runs now',
      'ran before',
      'deployed to',
    ],
    rows: [
      ...planned.map((consumer) => rowOf(record, consumer, hasPullRequests)),
      ...record.leftOut.map((repo) => [
        plain(repo),
        plain('left out by --only', 'quiet'),
        ...Array.from({ length: hasPullRequests ? 6 : 5 }, () => plain('')),
      ]),
    ],
    empty: 'No consumer was surveyed yet.',
  }
}

function rowOf(record: RunRecord, consumer: PlannedConsumer, hasPullRequests: boolean): readonly Cell[] {
  const { repo } = consumer
  const adopted = record.adopted.filter((one) => one.repo === repo)
  const deployed = record.deployed.findLast((one) => one.repo === repo) ?? null
  const adoption = adopted.at(-1) ?? null
  return [
    plain(repo),
    standOf(record, consumer),
    versionsOf(adopted),
    adoptionOf(adoption),
    ...(hasPullRequests ? [pullRequestOf(adoption)] : []),
    runsOf(deployed),
    commit(deployed?.previousSha ?? consumer.deploy.previous, 'not known, or nothing'),
    targetOf(deployed?.target ?? null, consumer),
  ]
}

/** An address by its host, so that the table fits its page; where nothing was deployed yet, how it will be. */
function targetOf(target: string | null, { deploy }: PlannedConsumer): Cell {
  if (target === null)
    return plain(deploy.strategy === 'none' ? 'not deployed' : `by ${deploy.strategy}`, 'quiet')
  return URL.canParse(target) && /^https?:/u.test(target)
    ? { text: new URL(target).host, href: target }
    : plain(target)
}

/** How far a consumer came, and what is true of it now. */
export function standOf(record: RunRecord, { repo, deploy }: PlannedConsumer): Cell {
  const steps = record.steps.filter((step) => step.repo === repo && consumerPhases.has(step.phase))
  const failed = steps.find(({ state }) => state === 'failed')
  const deployed = record.deployed.findLast((one) => one.repo === repo)
  const rollback = deployed?.rollback ?? null
  if (rollback !== null) return rolledBack(rollback)
  if (record.adopted.findLast((one) => one.repo === repo)?.reverted != null) {
    return plain('adoption reverted', 'waiting')
  }
  if (deployed?.verified === 'no') return plain('verification failed', 'bad')
  if (failed !== undefined) return plain(`stopped in ${failed.phase}`, 'bad')
  const unclear = steps.find(({ state }) => state === 'unknown')
  if (unclear !== undefined) return plain(`unknown in ${unclear.phase}`, 'unknown')
  const current = steps.find(({ state }) => state === 'running')
  if (current !== undefined) return plain(underWay(record, current), 'waiting')
  if (deployed !== undefined && deployed.verified !== 'nothing_dispatched')
    return verifiedOf(record, deployed)
  if (record.adopted.some((one) => one.repo === repo)) {
    return deploy.strategy === 'none' || record.state === 'done'
      ? plain('adopted', 'good')
      : plain('adopted, not deployed', 'waiting')
  }
  if (record.state === 'done') return plain('nothing to adopt', 'quiet')
  return plain(record.state === 'stopped' || record.state === 'aborted' ? 'not reached' : 'not yet', 'quiet')
}

const consumerPhases: ReadonlySet<string> = new Set(['adopt', 'configure', 'deploy', 'verify'])

function rolledBack({ outcome }: NonNullable<Deployed['rollback']>): Cell {
  switch (outcome) {
    case 'rolled_back':
      return plain('rolled back', 'waiting')
    case 'failed':
      return plain('rollback failed', 'bad')
    case 'unknown':
      return plain('rollback unknown', 'unknown')
    default:
      return plain(outcome satisfies never)
  }
}

function underWay(record: RunRecord, { phase }: StepRecord): string {
  if (record.state === 'waiting_merge' && phase === 'adopt') return 'waits for a merge'
  return record.state === 'running' ? `${phase} under way` : `unfinished: ${phase}`
}

function verifiedOf(record: RunRecord, { repo, verified }: Deployed): Cell {
  if (verified === 'yes') return plain('live, verified', 'good')
  const isVerified = record.steps.some(
    ({ phase, repo: of, state }) => phase === 'verify' && of === repo && state !== 'pending',
  )
  return isVerified ? plain('verification inconclusive', 'unknown') : plain('live, not verified', 'waiting')
}

function versionsOf(adopted: readonly Adopted[]): Cell {
  if (adopted.length === 0) return plain('unchanged', 'quiet')
  const isOnly = adopted.length === 1
  const texts = adopted.map(
    ({ package: name, from, to }) =>
      `${isOnly ? '' : `${shortName(name)} `}${from === null ? to : from === to ? `${to}, there already` : `${from} → ${to}`}`,
  )
  const full = adopted.map(({ package: name, from, to }) => `${name} ${from ?? 'not there'} → ${to}`)
  return { text: texts.join(', '), full: full.join(', '), isCode: true }
}

function adoptionOf(adoption: Adopted | null): Cell {
  if (adoption === null) return plain('nothing', 'quiet')
  const { commit: made, reverted } = adoption
  if (reverted === null) return commit(made)
  return {
    text: `${made.slice(0, 12)}, reverted in ${reverted.slice(0, 12)}`,
    full: `${made}, reverted in ${reverted}`,
    tone: 'waiting',
  }
}

function pullRequestOf(adoption: Adopted | null): Cell {
  const url = adoption?.pullRequest ?? null
  return url === null
    ? plain(adoption === null ? '' : 'none: pushed', 'quiet')
    : { ...link(url), short: lastSegments(url) }
}

/** `shop/pull/7` of whatever forge it is. */
function lastSegments(url: string): string {
  return url.split('/').slice(-3).join('/')
}

/** What the target runs as far as it was read; a deploy that nobody verified is not claimed to run. */
function runsOf(deployed: Deployed | null): Cell {
  if (deployed === null) return plain('as before', 'quiet')
  const { sha, verified, rollback } = deployed
  if (verified === 'nothing_dispatched') return plain('nothing was dispatched', 'quiet')
  if (rollback !== null) {
    return rollback.running === null ? plain('not known', 'unknown') : commit(rollback.running)
  }
  return verified === 'yes' ? commit(sha) : plain('not known', 'unknown')
}

/** `@acme/engine` is `engine`: the whole stands beside it. */
function shortName(name: string): string {
  return name.replace(/^@[^/]+\//, '')
}
