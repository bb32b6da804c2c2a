/** Who approved, overrode, waited and drove. */
import {
  type Approval,
  type ApprovalAsked,
  askedHint,
  askedSentence,
  formatDuration,
  type Override,
  type RunRecord,
} from '@conduct/core'
import { code, link, plain, showTime, time } from '../cells.ts'
import type { Cell, Section } from '../model.ts'

export function approvalsSection({ approvals, plan, asked }: RunRecord): Section {
  return {
    title: 'Approvals',
    note: `${asked === null ? '' : `${waitingText(asked)} `}An attributed approval says who gave it and proves nothing; a signed one and one given at the forge are proof.`,
    columns: ['by', 'verdict', 'proof', 'at', 'fresh until', 'plan', 'note'],
    rows: approvals.map((approval) => [
      plain(approval.by),
      approval.verdict === 'approved' ? plain('approved', 'good') : plain('denied', 'bad'),
      proofOf(approval),
      time(approval.at),
      time(approval.expiresAt),
      plan !== null && approval.planHash !== plan.hash
        ? {
            text: `${approval.planHash.slice(0, 12)}: another plan, void here`,
            full: approval.planHash,
            tone: 'bad',
          }
        : { text: approval.planHash.slice(0, 12), full: approval.planHash, isCode: true },
      approval.note === null ? plain('none', 'quiet') : plain(approval.note),
    ]),
    empty:
      asked === null
        ? 'Nobody has approved or denied anything.'
        : `Nobody has approved or denied anything. ${waitingText(asked)}`,
  }
}

/** Who is waited for, how they answer, and until when. */
function waitingText(asked: ApprovalAsked): string {
  const sentence = askedSentence(asked)
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. ${askedHint(asked)}.`
}

function proofOf(approval: Approval): Cell {
  switch (approval.proof) {
    case 'attributed':
      return plain('attributed, not proved', 'waiting')
    case 'ssh':
      return { ...plain(`SSH signature, ${approval.key.slice(0, 17)}…`, 'good'), full: approval.key }
    case 'forge':
      return {
        ...link(approval.url),
        text: `${approval.login} at the forge`,
        full: approval.url,
        tone: 'good',
      }
    default:
      return plain(String(approval satisfies never))
  }
}

export function overridesSection(overrides: readonly Override[]): Section {
  return {
    title: 'Overrides',
    note: 'Red checks that somebody accepted by name; they are part of the hash that was approved.',
    columns: ['check', 'repo', 'reason', 'by'],
    rows: overrides.map(({ check, repo, reason, by }) => [
      code(check),
      plain(repo),
      plain(reason),
      plain(by),
    ]),
    empty: 'No check was overridden.',
  }
}

/** Who waited how long, and for what. */
export function waitingSection(record: RunRecord): Section {
  const { lane } = record
  const rows: Cell[][] = []
  if (lane !== null) {
    rows.push(['this run', `the lane ${lane.name}`, formatDuration(lane.waitedMs)].map((text) => plain(text)))
    rows.push([
      plain('everybody else in line'),
      plain(`this run to hand ${lane.name} back${lane.released ? '' : ' (not yet)'}`),
      plain(formatDuration(lane.heldMs)),
    ])
  }
  for (const approval of record.approvals) {
    const ms = Date.parse(approval.at) - Date.parse(record.plan?.createdAt ?? record.startedAt)
    // Who approves their own plan keeps nobody waiting.
    const isOwn = personOf(record.plan?.requestedBy ?? '') === approval.by
    if (isOwn || !Number.isFinite(ms) || ms < 1000) continue
    rows.push(
      ['this run', `${approval.by} to look at the plan`, formatDuration(ms)].map((text) => plain(text)),
    )
  }
  for (const step of record.steps) {
    if (step.phase !== 'await' || step.startedAt === null || step.endedAt === null) continue
    const ms = Date.parse(step.endedAt) - Date.parse(step.startedAt)
    if (Number.isFinite(ms))
      rows.push(
        ['this run', step.action.replace(/^wait until /, ''), formatDuration(Math.max(0, ms))].map((text) =>
          plain(text),
        ),
      )
  }
  return {
    title: 'Who waited how long',
    note: null,
    columns: ['who', 'for what', 'how long'],
    rows,
    empty: 'Nobody has waited.',
  }
}

/** `cli:ana@host` and `agent:ana-3` are `ana`. */
function personOf(holder: string): string {
  return holder
    .replace(/^[^:]*:/, '')
    .replace(/@.*$/, '')
    .replace(/^(.*)-\d+$/, '$1')
}

const openingWords = { run: 'started', resume: 'resumed', compensate: 'taken back' } as const

export function historySection({ openings }: RunRecord): Section {
  return {
    title: 'History of this run',
    note: 'Each opening of the journal has a greater token; it ends every writer before it.',
    isFolded: true,
    columns: ['what', 'by', 'token', 'at'],
    rows: openings.map(({ kind, holder, token, at }) => [
      plain(openingWords[kind]),
      plain(holder),
      code(String(token)),
      plain(showTime(at)),
    ]),
    empty: 'The journal was not opened yet.',
  }
}
