import type { HeldAnswer } from '@conduct/conductor'
import {
  type Approval,
  type RunRecord,
  askedHint,
  askedSentence,
  describePhase,
  formatDuration,
  hasEnded,
  leftStaged,
  leftStagedText,
  printableLine,
  printableLines,
  waitsAtRegistry,
} from '@conduct/core'
import { timeOfDay } from '../lane/text.ts'
import { commandsAsTyped } from '../output/as-typed.ts'
import type { Style } from '../output/style.ts'
import { isRecommended } from './next-of-run.ts'
import { proofText } from './proof-text.ts'

interface SummaryOptions {
  readonly record: RunRecord
  readonly held: HeldAnswer | null
  readonly page: string | null
  readonly style: Style
  readonly launcher: string
}

/** What a run came to, in a few sentences; the whole story is the report's. */
export function runSummary(options: SummaryOptions): string {
  const { record, held, page, style } = options
  return [
    `${style.bold(`Train ${record.train}, run ${record.run}`)}: ${isNotBegun(options) ? style.yellow('not begun; nothing was done.') : stateText(record, style)}`,
    ...facts(record),
    ...(held === null ? waitLines(record, style, options.launcher) : []),
    ...(held === null ? stopLines(record, style, options.launcher) : heldLines(held, options)),
    ...(page === null ? [] : [`Report: ${page}`]),
    '',
  ].join('\n')
}

/** The lane was held and no place in line was wanted: there is nothing that could be taken up again. */
function isNotBegun(options: { readonly record: RunRecord; readonly held: HeldAnswer | null }): boolean {
  const { record, held } = options
  return held !== null && record.state === 'aborted' && !record.irreversibleDone
}

/** What is not finished yet, step by step. */
export function openStepsText(record: RunRecord, style: Style): string {
  const open = record.steps.filter(
    ({ state }) => state !== 'done' && state !== 'already' && state !== 'skipped',
  )
  if (open.length === 0) return ''
  const finished = record.steps.length - open.length
  const lines = open.map(({ phase, state, repo, action, evidence }) => {
    const paint = state === 'failed' ? style.red : state === 'unknown' ? style.yellow : style.dim
    const why = evidence === null || state === 'pending' ? '' : ` (${printableLine(evidence)})`
    return `  ${phase.padEnd(10)} ${paint(state.padEnd(8))} ${repo === null ? '' : `${repo}: `}${printableLine(action)}${why}\n`
  })
  return `${finished} of ${record.steps.length} steps finished; open:\n${lines.join('')}`
}

function stateText(record: RunRecord, style: Style): string {
  switch (record.state) {
    case 'done':
      return style.green('done.')
    case 'aborted':
      return style.yellow('aborted; nothing was undone.')
    case 'compensated':
      return style.yellow('taken back, as far as there was a way.')
    case 'waiting_lane':
      return style.yellow(
        isRecommended(record)
          ? 'recommended; waits for somebody who may hold the lane.'
          : 'waits for the lane.',
      )
    case 'waiting_approval':
      if (waitsAtRegistry(record.stop)) {
        return style.yellow("waits for a maintainer's second factor at the registry.")
      }
      return style.yellow(`waits for an approval of plan ${record.planId ?? '?'}.`)
    case 'waiting_merge':
      return style.yellow('waits for a merge.')
    case 'stopped':
      return style.red(
        record.irreversibleDone ? 'stopped part-way.' : 'stopped; nothing irreversible was done.',
      )
    case 'running':
      return 'is running.'
    default:
      return record.state satisfies never
  }
}

function facts(record: RunRecord): readonly string[] {
  const fact = (label: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`  ${label.padEnd(11)}${values.map(printableLine).join('\n             ')}`]
  return [
    ...fact(
      'published',
      record.published.map(
        ({ package: name, version, integrity, deprecated }) =>
          `${name} ${version} (${integrity.slice(0, 23)}…)${deprecated === null ? '' : ', deprecated'}`,
      ),
    ),
    ...fact('staged', hasEnded(record.state) ? leftStaged(record.steps).map(leftStagedText) : []),
    ...fact(
      'adopted',
      record.adopted.map(({ repo, package: name, from, to, commit, reverted }) => {
        const at = commit.slice(0, 7)
        if (from === to) return `${repo}: ${name} ${to}, there already at ${at}`
        const moved = from === null ? to : `${from} → ${to}`
        const back = reverted === null ? '' : `, reverted in ${reverted.slice(0, 7)}`
        return `${repo}: ${name} ${moved} in ${at}${back}`
      }),
    ),
    ...fact(
      'deployed',
      record.deployed.map(
        ({ repo, sha, verified, rollback }) =>
          `${repo}: ${sha.slice(0, 7)}, ${verifiedText(verified)}${rollbackText(rollback)}`,
      ),
    ),
    ...fact('answers', record.approvals.map(answerText)),
    ...fact('left out', record.leftOut),
    ...fact('unknown', record.unknowns),
  ]
}

function verifiedText(verified: RunRecord['deployed'][number]['verified']): string {
  switch (verified) {
    case 'yes':
      return 'verified'
    case 'no':
      return 'verification failed'
    case 'inconclusive':
      return 'verification inconclusive'
    case 'nothing_dispatched':
      return 'nothing was dispatched'
    default:
      return verified satisfies never
  }
}

function rollbackText(rollback: RunRecord['deployed'][number]['rollback']): string {
  if (rollback === null) return ''
  const now =
    rollback.running === null ? 'what runs now is not known' : `${shortCommit(rollback.running)} runs now`
  switch (rollback.outcome) {
    case 'rolled_back':
      return `; rolled back: ${now}`
    case 'failed':
      return `; the rollback failed: ${now}`
    case 'unknown':
      return '; whether it was rolled back is not known'
    default:
      return rollback.outcome satisfies never
  }
}

function shortCommit(running: string): string {
  return /^[0-9a-f]{40,64}$/.test(running) ? running.slice(0, 7) : running
}

function answerText(approval: Approval): string {
  const { verdict, by, at, expiresAt, note } = approval
  const until = verdict === 'approved' ? `, good until ${timeOfDay(expiresAt)}` : ''
  return `${verdict} by ${by} at ${timeOfDay(at)}${until} (${proofText(approval)})${note === null ? '' : `: ${note}`}`
}

/** Who is waited for by a run that keeps its lane; one that handed it back says so as its stop. */
function waitLines({ asked, stop }: RunRecord, style: Style, launcher: string): readonly string[] {
  if (asked === null || stop !== null) return []
  return [
    `${capitalised(printableLine(askedSentence(asked)))}; the lane is kept meanwhile.`,
    `  ${style.dim('=')} ${printableLines(commandsAsTyped(askedHint(asked), launcher))}`,
  ]
}

function stopLines({ stop, lane, state }: RunRecord, style: Style, launcher: string): readonly string[] {
  if (stop === null || state === 'done') return []
  const hint =
    stop.hint === '' ? [] : [`  ${style.dim('=')} ${printableLines(commandsAsTyped(stop.hint, launcher))}`]
  // Waiting is no failure: who is waited for stands in the headline and the hint.
  if (state.startsWith('waiting_')) return [printableLines(stop.message), ...hint]
  const kept =
    lane === null || lane.released
      ? []
      : [`The lane ${lane.name} is kept for this run; others have to acknowledge it.`]
  return [
    `Stopped in ${describePhase(stop.phase)}.`,
    `${style.red(`error ${stop.code}`)}: ${printableLines(stop.message)}`,
    ...hint,
    ...kept,
  ]
}

function heldLines(
  held: HeldAnswer,
  { record, style, launcher }: Pick<SummaryOptions, 'record' | 'style' | 'launcher'>,
): readonly string[] {
  const who = held.holder
  const holder =
    who === null
      ? ''
      : ` by ${who.name} since ${timeOfDay(who.since)}${who.run === null ? '' : `, run ${who.run}`}${who.task === null ? '' : `, for ${who.task}`}`
  const headline = `${held.lane} is ${style.yellow('held')}${holder}.`
  if (held.isOwnRun) {
    return [
      headline,
      `${capitalised(held.reason ?? '')}. To wait for that: ${launcher} resume ${record.run} --wait`,
      `If whatever held it is surely gone, a captain need not wait: ${launcher} lane force-release ${held.lane} --token ${record.lane?.token ?? 'N'} --reason '…'`,
    ]
  }
  const place =
    held.position === null ? 'You have no place in line' : `You are number ${held.position} in line`
  const estimate =
    held.estimate === null
      ? 'unknown, too few turns have ended yet'
      : `about ${formatDuration(held.estimate.seconds * 1000)} (${held.estimate.basis})`
  return [headline, `${place}; estimate: ${estimate}.`]
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
