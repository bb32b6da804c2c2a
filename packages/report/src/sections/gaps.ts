/** What was not done, and what is not known: never left out, since absent evidence is not green. */
import type { RunRecord } from '@conduct/core'
import { code, plain, prose } from '../cells.ts'
import type { Section } from '../model.ts'

export function skippedSection(record: RunRecord): Section {
  const skipped = record.steps.filter((step) => step.state === 'skipped')
  // A skipped step says it already, with its reason.
  const undeployed = record.deployed.filter(
    (one) =>
      one.verified === 'nothing_dispatched' &&
      !skipped.some((step) => step.phase === 'deploy' && step.repo === one.repo),
  )
  const unreached =
    record.state === 'stopped' || record.state === 'aborted'
      ? record.steps.filter((step) => step.state === 'pending')
      : []
  return {
    title: 'Skipped and not reached',
    note: null,
    columns: ['what', 'repo', 'why'],
    rows: [
      ...record.leftOut.map((repo) => [plain('consumer'), plain(repo), plain('left out by --only')]),
      ...(record.plan?.basis.catchUp === true
        ? [
            [
              plain('publish'),
              plain(record.plan.basis.producer.repo),
              plain('a catch-up train: the version was live before'),
            ],
          ]
        : []),
      ...undeployed.map((one) => [
        plain('deploy'),
        plain(one.repo),
        plain(`nothing was dispatched (${one.target})`),
      ]),
      ...skipped.map((step) => [
        code(step.id),
        plain(step.repo ?? ''),
        plain(step.evidence ?? 'no reason was recorded'),
      ]),
      ...unreached.map((step) => [
        code(step.id),
        plain(step.repo ?? ''),
        plain(
          `not reached: the run ${record.state}${record.stop === null ? '' : ` in ${record.stop.phase}`}`,
          'waiting',
        ),
      ]),
    ],
    empty: 'Nothing was skipped.',
  }
}

export function unknownSection(record: RunRecord): Section {
  const rows = (record.plan?.repos ?? []).flatMap(({ repo, preflight }) =>
    preflight
      .filter((row) => row.verdict === 'unknown')
      .map((row) => ({ name: `${row.check}:${repo}`, repo, detail: row.detail })),
  )
  const named = new Set(rows.map(({ name }) => name))
  const others = [...new Set([...record.unknowns, ...(record.plan?.unknowns ?? [])])].filter(
    (name) => !named.has(name),
  )
  const steps = record.steps.filter((step) => step.state === 'unknown')
  return {
    title: 'Unknown',
    note: 'What could not be read counts neither as green nor as done.',
    columns: ['what', 'repo', 'why'],
    rows: [
      ...steps.map((step) => [
        code(step.id),
        plain(step.repo ?? ''),
        prose(step.evidence ?? step.action, 'unknown'),
      ]),
      ...rows.map(({ name, repo, detail }) => [code(name), plain(repo), prose(detail, 'unknown')]),
      ...others.map((name) => [code(name), plain(''), plain('could not be judged', 'unknown')]),
    ],
    empty: 'Nothing is unknown.',
  }
}
