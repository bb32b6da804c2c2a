import type { WrittenBatch } from '@conduct/conductor'
import type { BatchFile } from '@conduct/planner'
import type { Lease } from '@conduct/lanes/engine'
import { timeOfDay } from '../lane/text.ts'
import type { Style } from '../output/style.ts'
import type { LiveCode } from './live-code.ts'
import type { PreparedBatch } from './prepare-batch.ts'

export interface WriteOutcome {
  readonly prepared: PreparedBatch
  readonly written: WrittenBatch
  readonly lease: Pick<Lease, 'lane' | 'claim' | 'token' | 'expiresAt' | 'resources'> | null
  /** Null for a turn that takes nothing away. */
  readonly liveCode: LiveCode | null
  readonly pushedTo: string | null
  /** Whether the next command can be printed as it runs. */
  readonly isServerKnown: boolean
}

export function writtenToWire({ prepared, written, lease, liveCode, pushedTo }: WriteOutcome): object {
  const { batch, turn, notes } = prepared
  return {
    outcome: written.outcome,
    batch: batch.id,
    turn: turn.id,
    category: turn.category,
    base: batch.base,
    branch: written.branch,
    commit: written.commit,
    tickets: batch.tickets.map(({ id, head, duplicateOf }) => ({
      id,
      head,
      ...(duplicateOf === null ? {} : { duplicate_of: duplicateOf }),
      files: filesOf(batch.files, id).map(fileToWire),
    })),
    fused: filesOf(batch.files, null).map(fileToWire),
    offers: written.offers,
    notes,
    live_code: liveCode,
    lane:
      lease === null
        ? null
        : {
            name: lease.lane,
            claim: lease.claim,
            token: lease.token,
            resources: lease.resources,
            expires_at: lease.expiresAt,
          },
    pushed_to: pushedTo,
  }
}

function fileToWire({ path, from, version, isTransactional }: BatchFile): object {
  return { path, from, ...(version === undefined ? {} : { version }), transactional: isTransactional }
}

export function writtenText(
  { prepared, written, lease, liveCode, pushedTo, isServerKnown }: WriteOutcome,
  style: Style,
): string {
  const { batch, turn, notes } = prepared
  const { files, tickets } = batch
  const there = written.outcome === 'already' ? ', as it was written before' : ''
  const count = tickets.filter((each) => each.duplicateOf === null).length
  const head = `${style.green('✔')} ${turn.id} is on branch ${style.cyan(written.branch)} (${written.commit.slice(0, 7)})${there}: ${count} ${count === 1 ? 'ticket' : 'tickets'}, ${files.length} ${files.length === 1 ? 'file' : 'files'}.\n`
  const lane =
    lease === null
      ? 'No lane was taken: others may plan the same tickets (--claim takes them).\n'
      : `${lease.lane} is yours for it until ${timeOfDay(lease.expiresAt)}, token ${lease.token}.\n`
  const listed = tickets
    .map(({ id, duplicateOf }) =>
      duplicateOf === null
        ? `  ${style.bold(id)}\n${filesOf(files, id)
            .map((file) => fileLine(file, style))
            .join('')}`
        : `  ${style.bold(id)}  ${style.dim(`${duplicateOf} does the same`)}\n`,
    )
    .join('')
  const together = filesOf(files, null)
    .map((file) => fileLine(file, style))
    .join('')
  const offers =
    written.offers.length === 0
      ? ''
      : `${style.bold('On each source branch, its own copy goes with')}\n${written.offers.map(({ ticket, commit }) => `  ${ticket}: git merge --ff-only ${commit.slice(0, 12)}\n`).join('')}`
  const told = notes.map(({ ticket, text }) => `  ${ticket}: ${text}\n`).join('')
  return [
    `${head}${lane}${liveCodeText(liveCode, turn, style)}`,
    together === '' ? listed : `${listed}  ${style.bold('all of them')}\n${together}`,
    told === '' ? '' : `${style.bold('To know')}\n${told}`,
    offers,
    [
      pushedTo === null ? 'Nothing was pushed.\n' : `Pushed to ${pushedTo}.\n`,
      isServerKnown ? '' : `To try it on a Postgres: batch verify ${written.branch} --server postgres://…\n`,
    ].join(''),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function liveCodeText(
  liveCode: LiveCode | null,
  { waitsForCode }: PreparedBatch['turn'],
  style: Style,
): string {
  if (liveCode === null) return ''
  const { outcome, why, overridden } = liveCode
  if (outcome === 'live') return `Its code is live: ${why}.\n`
  const taken = waitsForCode.join(', ')
  if (outcome === 'unknown')
    return `${style.yellow('unknown')}: whether live code still uses ${taken}: ${why}. Look before you merge it.\n`
  return `${style.yellow('overridden')} (${overridden ?? ''}): it takes away ${taken}, and ${why}.\n`
}

function filesOf(files: readonly BatchFile[], ticket: string | null): readonly BatchFile[] {
  return files.filter((file) => file.ticket === ticket)
}

function fileLine({ path, isTransactional }: BatchFile, style: Style): string {
  return `    ${path}${isTransactional ? '' : style.yellow('  outside of a shared transaction')}\n`
}
