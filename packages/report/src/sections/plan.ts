/** What a plan found and what it intends: preflight, steps, ways back. */
import type { CompensationStep, Plan, PreflightRow, SurveyedRepo, Verdict } from '@conduct/core'
import { code, commit, count, plain, prose } from '../cells.ts'
import type { Cell, Section, Tone } from '../model.ts'

const tones = {
  green: 'good',
  red: 'bad',
  unknown: 'unknown',
  not_applicable: 'quiet',
} as const satisfies Record<Verdict, Tone>

/** One row per repo, then every row that is red or unknown: what is green stands in the detail. */
export function preflightSection(repos: readonly SurveyedRepo[]): Section {
  const all = repos.flatMap((repo) => repo.preflight)
  const judged = all.filter((row) => row.verdict !== 'not_applicable')
  const green = judged.filter((row) => row.verdict === 'green')
  return {
    title: 'Preflight',
    note:
      all.length === 0
        ? null
        : `${green.length} of ${count(judged.length, 'check')} green over ${count(repos.length, 'repo')}; ${all.length - judged.length} not applicable.`,
    isOnlyText: true,
    columns: ['repo', 'check', 'verdict', 'covered', 'detail'],
    rows: repos.flatMap((repo) => [summaryRow(repo.repo, repo.preflight), ...troubleRows(repo)]),
    empty: 'No check was made yet.',
  }
}

/** What a matrix of signs does not say: why. What is unknown has a section of its own. */
export function troubleSection(repos: readonly SurveyedRepo[]): Section {
  return {
    title: 'Red',
    note: null,
    columns: ['repo', 'check', 'verdict', 'covered', 'detail'],
    rows: repos.flatMap(({ repo, preflight }) =>
      preflight.filter(({ verdict }) => verdict === 'red').map((row) => checkRow(repo, row)),
    ),
    empty: 'No check is red.',
  }
}

function troubleRows({ repo, preflight }: SurveyedRepo): readonly (readonly Cell[])[] {
  return preflight
    .filter(({ verdict }) => verdict === 'red' || verdict === 'unknown')
    .map((row) => checkRow(repo, row))
}

export function preflightDetailSection(repos: readonly SurveyedRepo[]): Section {
  return {
    title: 'Preflight, every check',
    note: null,
    columns: ['repo', 'check', 'verdict', 'covered', 'detail'],
    rows: repos.flatMap(({ repo, preflight }) => preflight.map((row) => checkRow(repo, row))),
    empty: 'No check was made yet.',
    isDetail: true,
  }
}

function summaryRow(repo: string, preflight: readonly PreflightRow[]): readonly Cell[] {
  const judged = preflight.filter((row) => row.verdict !== 'not_applicable')
  const green = judged.filter((row) => row.verdict === 'green').length
  const isGreen = green === judged.length && judged.length > 0
  return [
    plain(repo),
    plain('all'),
    plain(isGreen ? 'green' : `${green} of ${judged.length} green`, isGreen ? 'good' : 'waiting'),
    plain(`${judged.length} of ${preflight.length}`),
    plain(isGreen ? `all ${count(judged.length, 'check')} green` : ''),
  ]
}

function checkRow(repo: string, row: PreflightRow): readonly Cell[] {
  const isOverridden = row.overridden === true
  return [
    plain(repo),
    code(row.check),
    isOverridden
      ? plain(`${row.verdict}, overridden`, 'waiting')
      : plain(row.verdict.replaceAll('_', ' '), tones[row.verdict]),
    plain(row.covered),
    prose(row.detail),
  ]
}

export function plannedStepsSection({ steps }: Plan): Section {
  const irreversible = steps.filter((step) => step.irreversible).length
  return {
    title: 'Steps',
    note: `${count(steps.length, 'step')}, ${irreversible} of them irreversible.`,
    columns: ['phase', 'repo', 'what', 'expects', 'goal', 'marks'],
    rows: steps.map((step) => [
      plain(step.phase),
      plain(step.repo ?? ''),
      prose(step.action),
      step.expect === null ? plain('', 'quiet') : prose(step.expect),
      step.goal === null ? plain('', 'quiet') : prose(step.goal),
      marks(step),
    ]),
    empty: 'Nothing is to be done.',
  }
}

function marks(step: Plan['steps'][number]): Cell {
  const words = [step.irreversible ? 'irreversible' : '', step.needsApproval ? 'needs approval' : ''].filter(
    (word) => word !== '',
  )
  return plain(words.join(', '), step.irreversible ? 'waiting' : 'quiet')
}

export function packagesSection({ basis }: Plan): Section {
  return {
    title: 'Packages',
    note: basis.catchUp ? 'A catch-up train: the version is live already, nothing is published.' : null,
    columns: ['package', 'version', 'ecosystem', 'folder', 'registry', 'tag'],
    rows: basis.packages.map((one) => [
      code(one.name),
      code(one.version),
      plain(one.ecosystem),
      code(one.directory),
      plain(one.registry),
      one.tag === null ? plain('none', 'quiet') : code(one.tag),
    ]),
    empty: 'No package: this train only deploys.',
  }
}

export function consumersSection({ basis, repos }: Plan): Section {
  return {
    title: 'Consumers',
    note: basis.leftOut.length === 0 ? null : `Left out by --only: ${basis.leftOut.join(', ')}.`,
    columns: ['repo', 'commit', 'after', 'adopts', 'configures', 'deploys', 'runs now'],
    rows: basis.consumers.map((consumer) => [
      plain(consumer.repo),
      commit(repos.find(({ repo }) => repo === consumer.repo)?.commit ?? null, 'not surveyed'),
      plain(consumer.after.join(', ')),
      plain(
        consumer.adopt.via === 'none'
          ? 'nothing'
          : `${consumer.adopt.manager}, ${consumer.adopt.via.replaceAll('_', ' ')}`,
      ),
      plain(consumer.configure.map(({ name }) => name).join(', ')),
      plain(consumer.deploy.strategy.replaceAll('_', ' ')),
      commit(consumer.deploy.previous, 'nothing, or not known'),
    ]),
    empty: 'No consumer takes part.',
  }
}

export function compensationSection(compensation: readonly CompensationStep[]): Section {
  return {
    title: 'Ways back',
    note: 'Computed before the start; only conduct compensate takes them. A published version is never deleted.',
    columns: ['repo', 'what', 'possible'],
    rows: compensation.map(({ repo, action, possible }) => [
      plain(repo ?? ''),
      prose(action),
      possible ? plain('yes', 'good') : plain('no', 'bad'),
    ]),
    empty: 'No way back was computed.',
  }
}
