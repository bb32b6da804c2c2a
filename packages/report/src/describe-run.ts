/** A run as a report: everything that somebody who was not there has to know, in the order they ask. */
import { describePhase, formatDuration, type RunRecord, waitsAtRegistry } from '@conduct/core'
import { code, commit, plain, shortenIds, showTime, time } from './cells.ts'
import type { Alert, Fact, Report, Tone } from './model.ts'
import { effectsOf } from './effects.ts'
import { figuresOf } from './figures.ts'
import { matrixOf } from './matrix.ts'
import { journeyOf } from './phases.ts'
import { unknownSection, skippedSection } from './sections/gaps.ts'
import { forgeRequestsSection } from './sections/forge-requests.ts'
import { commitsSection, publishedSection } from './sections/outcome.ts'
import { whereSection } from './sections/where.ts'
import { undoneSections } from './sections/undone.ts'
import { approvalsSection, historySection, overridesSection, waitingSection } from './sections/people.ts'
import { compensationSection, preflightDetailSection, preflightSection } from './sections/plan.ts'
import { stepsSection } from './sections/steps.ts'
import { timelineOf } from './timeline.ts'

export function describeRun(record: RunRecord): Report {
  return {
    title: `Train ${record.train}, run ${record.run}`,
    headline: headlineOf(record),
    tone: toneOf(record),
    state: record.state.replaceAll('_', ' '),
    figures: figuresOf(record),
    facts: factsOf(record),
    alert: alertOf(record),
    journey: journeyOf(record),
    timeline: timelineOf(record),
    matrix: matrixOf(record.plan?.repos ?? []),
    sections: [
      whereSection(record),
      publishedSection(record),
      ...undoneSections(record),
      approvalsSection(record),
      overridesSection(record.overrides),
      unknownSection(record),
      skippedSection(record),
      waitingSection(record),
      preflightSection(record.plan?.repos ?? []),
      { ...compensationSection(record.plan?.compensation ?? []), isFolded: record.state === 'done' },
      stepsSection(record),
      commitsSection(record),
      preflightDetailSection(record.plan?.repos ?? []),
      forgeRequestsSection(record),
      historySection(record),
    ],
    next: record.next,
  }
}

function headlineOf(record: RunRecord): string {
  const effects = effectsOf(record)
  switch (record.state) {
    case 'done':
      return `Done${tookOf(record)}: ${effects}.`
    case 'stopped':
      return `Stopped${phaseOf(record)}. ${upperFirst(effects)}.`
    case 'compensated':
      return `Taken back. ${upperFirst(effects)}.`
    case 'aborted':
      return `Aborted${phaseOf(record)}. ${upperFirst(effects)}.`
    case 'waiting_lane':
      if (record.stop?.code === 'RUN_RECOMMENDED') {
        return `Recommended: waits for somebody who may hold the lane. ${upperFirst(effects)}.`
      }
      return `Waits for the lane${record.lane === null ? '' : ` ${record.lane.name}`}. ${upperFirst(effects)}.`
    case 'waiting_approval':
      if (waitsAtRegistry(record.stop)) {
        return `Waits for a maintainer's second factor at the registry. ${upperFirst(effects)}.`
      }
      return `Waits for an approval of plan ${shortHash(record)}. ${upperFirst(effects)}.`
    case 'waiting_merge':
      return `Waits for a pull request to be merged. ${upperFirst(effects)}.`
    case 'running':
      return `Under way. ${upperFirst(effects)}.`
    default:
      return record.state satisfies never
  }
}

function toneOf(record: RunRecord): Tone {
  switch (record.state) {
    case 'done':
      return record.deployed.some(({ verified }) => verified === 'no' || verified === 'inconclusive')
        ? 'bad'
        : 'good'
    case 'stopped':
      return 'bad'
    case 'aborted':
    case 'compensated':
      return 'quiet'
    case 'running':
      return 'plain'
    case 'waiting_lane':
    case 'waiting_approval':
    case 'waiting_merge':
      return 'waiting'
    default:
      return record.state satisfies never
  }
}

function alertOf({ stop, state, irreversibleDone, lane }: RunRecord): Alert | null {
  if (stop === null || state === 'done') return null
  return {
    title: `${stop.code} in ${describePhase(stop.phase)}, exit ${stop.exit}`,
    lines: [
      shortenIds(stop.message),
      shortenIds(stop.hint),
      irreversibleDone
        ? 'Something irreversible was done before: resuming finishes it, and repeats nothing.'
        : 'Nothing irreversible was done.',
      ...(lane === null || lane.released || !irreversibleDone || state === 'aborted'
        ? []
        : [`The lane ${lane.name} is kept for this run; the next conductor has to acknowledge it.`]),
    ].filter((line) => line !== ''),
  }
}

function factsOf(record: RunRecord): readonly Fact[] {
  const { plan, lane } = record
  const producer = plan?.basis.producer
  return [
    { label: 'Estate', value: plain(record.estate) },
    { label: 'Run', value: code(record.run) },
    {
      label: 'Plan',
      value:
        plan === null
          ? plain('not made yet', 'quiet')
          : { text: shortHash(record), full: plan.hash, isCode: true },
    },
    {
      label: 'lanes.yaml',
      value: commit(record.configCommit, 'outside any repository with a remote: used as it stood'),
    },
    {
      label: 'Producer',
      value:
        producer === undefined
          ? plain('not surveyed yet', 'quiet')
          : plain(`${producer.repo} at ${producer.commit.slice(0, 12)}`),
    },
    {
      label: 'Lane',
      value:
        lane === null
          ? plain('not held', 'quiet')
          : plain(
              `${lane.name} {${lane.resources.join(', ')}}, token ${lane.token}${lane.released ? ', handed back' : ''}`,
            ),
    },
    { label: 'Started', value: time(record.startedAt) },
    { label: 'Ended', value: time(record.endedAt) },
    { label: 'Requested by', value: plan === null ? plain('unknown', 'quiet') : plain(plan.requestedBy) },
  ]
}

function phaseOf({ stop }: RunRecord): string {
  if (stop === null) return ''
  return ` in ${describePhase(stop.phase)}`
}

function tookOf({ startedAt, endedAt }: RunRecord): string {
  if (endedAt === null) return ''
  const ms = Date.parse(endedAt) - Date.parse(startedAt)
  return Number.isFinite(ms) && ms >= 0 ? ` in ${formatDuration(ms)}` : ` at ${showTime(endedAt)}`
}

function shortHash(record: RunRecord): string {
  return record.plan === null ? (record.planId ?? 'not made yet') : record.plan.hash.slice(0, 12)
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
