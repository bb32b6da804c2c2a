/** A plan as a report: what would be done, what was looked at, what stands against it. */
import type { Plan, PlanDiff, Unverified } from '@conduct/core'
import { code, commit, count, plain, prose, time } from './cells.ts'
import type { Report, Section } from './model.ts'
import { matrixOf } from './matrix.ts'
import { changesSection } from './sections/changes.ts'
import { overridesSection } from './sections/people.ts'
import {
  compensationSection,
  consumersSection,
  packagesSection,
  plannedStepsSection,
  preflightDetailSection,
  preflightSection,
} from './sections/plan.ts'

export interface PlanReportOptions {
  readonly next?: string | null
  /** What changed since an earlier plan, where that was asked for; null: there was none. */
  readonly diff?: PlanDiff | null
  /** For a dry run: what it leaves open. */
  readonly unverified?: readonly Unverified[]
}

export function describePlan(plan: Plan, options: PlanReportOptions = {}): Report {
  const { basis } = plan
  const reds = plan.repos
    .flatMap(({ preflight }) => preflight)
    .filter((row) => row.verdict === 'red' && row.overridden !== true)
  const isReady = reds.length === 0
  return {
    title: `Plan ${plan.hash.slice(0, 12)} of train ${basis.train}`,
    headline: `${count(basis.packages.length, 'package')}${basis.catchUp ? ' to catch up with' : ' to publish'}, ${count(basis.consumers.length, 'consumer')}; ${verdictOf(reds.length, plan.unknowns.length)}.`,
    tone: !isReady ? 'bad' : plan.unknowns.length > 0 ? 'unknown' : 'good',
    state: isReady ? 'ready' : 'refused',
    figures: [],
    facts: [
      { label: 'Plan', value: code(plan.id) },
      { label: 'Hash', value: { text: plan.hash, isCode: true } },
      { label: 'Lane', value: plain(`${basis.lane} {${plan.resources.join(', ')}}`) },
      { label: 'Producer', value: plain(`${basis.producer.repo} at ${basis.producer.commit.slice(0, 12)}`) },
      {
        label: 'lanes.yaml',
        value: commit(basis.configCommit, 'outside any repository with a remote: used as it stands'),
      },
      { label: 'Requested by', value: plain(plan.requestedBy) },
      { label: 'Made', value: time(plan.createdAt) },
      { label: 'Valid until', value: time(plan.expiresAt) },
    ],
    alert: null,
    journey: [],
    timeline: null,
    matrix: matrixOf(plan.repos),
    sections: [
      ...(options.diff === undefined ? [] : [changesSection(options.diff)]),
      packagesSection(plan),
      consumersSection(plan),
      plannedStepsSection(plan),
      preflightSection(plan.repos),
      preflightDetailSection(plan.repos),
      overridesSection(basis.overrides),
      unknownsOf(plan),
      ...(options.unverified === undefined ? [] : [unverifiedSection(options.unverified)]),
      compensationSection(plan.compensation),
    ],
    next: options.next ?? null,
  }
}

function verdictOf(reds: number, unknowns: number): string {
  const unknown = unknowns === 0 ? '' : `${count(unknowns, 'check')} unknown`
  if (reds === 0) return unknown === '' ? 'every check is green' : `no check is red, ${unknown}`
  return `${count(reds, 'check')} red${unknown === '' ? '' : `, ${unknown}`}: the run would be refused`
}

function unverifiedSection(unverified: readonly Unverified[]): Section {
  return {
    title: 'Not verified by a dry run',
    note: 'What only the run itself can find out.',
    columns: ['what', 'repo', 'why'],
    rows: unverified.map(({ what, repo, why }) => [prose(what), plain(repo ?? ''), prose(why)]),
    empty: 'Nothing stays open.',
  }
}

/** Those that stand in the matrix are explained there; the list says that none is forgotten. */
function unknownsOf(plan: Plan): Section {
  return {
    title: 'Unknown',
    note: 'Stops what is irreversible, unless accept_unknown names the row.',
    columns: ['what'],
    rows: plan.unknowns.map((name) => [code(name)]),
    empty: 'Nothing is unknown.',
  }
}
