/** A plan of schema changes for a pull request: what shares a turn, what waits for what, what is smuggled. */
import { codeSpan, escapeMarkdown, folded, table } from '../markdown.ts'
import {
  blockersOf,
  classMeanings,
  count,
  coverageText,
  headlineOf,
  kindsText,
  locksText,
  proofGaps,
  toldRelations,
  waitsText,
  type BatchReport,
} from './batch-report.ts'

export function renderBatchMarkdown(report: BatchReport): string {
  const { plan, smuggled, baseProblem, elsewhere } = report
  const blocks = [
    '# Schema changes that wait for the lane',
    `**${escapeMarkdown(headlineOf(plan))}**`,
    ...smuggledBlock(report),
    ...turnsBlock(report),
    ...list(
      'Alone, each in a turn of its own',
      plan.solo.map(({ ticket, because }) => [ticket, because.join('; ')]),
    ),
    ...list(
      'Dropped: another ticket does the same',
      plan.dropped.map(({ ticket, duplicateOf }) => [ticket, duplicateOf]),
    ),
    ...list(
      'No place in any order',
      plan.unplanned.map(({ ticket, because }) => [ticket, because]),
    ),
    ...list(
      'Files that collide',
      plan.collisions.map(({ rule, value, files }) => [
        `${rule.replace('_', ' ')} ${rule === 'same_content' ? '' : value}`.trim(),
        files.map((each) => `${each.file} (${each.ticket ?? 'base'})`).join(', '),
      ]),
    ),
    ...list(
      'In another batch, or not read',
      elsewhere.map(({ what, why }) => [what, why]),
    ),
    ...list(
      'Not proved',
      plan.turns.flatMap((turn) => proofGaps(turn).map((gap) => [turn.id, gap] as const)),
    ),
    ...(baseProblem === null
      ? []
      : [`> [!NOTE]\n> The base schema is not known: ${escapeMarkdown(baseProblem)}.`]),
    ...relationsBlock(report),
    ...unknownBlock(smuggled),
    `${escapeMarkdown(plan.density.advice)}. Input ${codeSpan(plan.inputHash.slice(0, hashShown))}.`,
  ]
  return `${blocks.join('\n\n')}\n`
}

const hashShown = 12

function smuggledBlock({ smuggled }: BatchReport): readonly string[] {
  const signals = smuggled.flatMap(({ ticket, signals: all }) => all.map((each) => ({ ticket, ...each })))
  if (signals.length === 0) return []
  return [
    `> [!CAUTION]\n> **${count(signals.length, 'schema change')} ${signals.length === 1 ? 'travels' : 'travel'} outside of the lane**`,
    table(
      ['ticket', 'where', 'what', 'what to do'],
      signals.map(({ ticket, place, why, remedy }) => [
        codeSpan(ticket),
        codeSpan(`${place.file}:${place.line}`),
        escapeMarkdown(why),
        escapeMarkdown(remedy),
      ]),
    ),
  ]
}

function turnsBlock({ plan }: BatchReport): readonly string[] {
  if (plan.turns.length === 0) return []
  const byId = new Map(plan.tickets.map((each) => [each.ticket.id, each]))
  const blockers = blockersOf(plan)
  const rows = plan.turns.flatMap((turn) =>
    turn.tickets.flatMap((id, at) => {
      const judged = byId.get(id)
      if (judged === undefined) return []
      const waits = (blockers.get(id) ?? []).map(
        ({ ticket, relation }) => `${relation === 'order' ? 'after' : 'apart from'} ${codeSpan(ticket)}`,
      )
      const unread = coverageText(judged)
      return [
        [
          at === 0 ? `**${turn.id}** ${turn.category}, ~${turn.holdMinutes} min` : '',
          codeSpan(id),
          `${judged.cls}: ${classMeanings[judged.cls]}${unread === '' ? '' : `, ${unread}`}`,
          escapeMarkdown(kindsText(judged)),
          [...waits, ...(at === 0 && waitsText(turn) !== '' ? [escapeMarkdown(waitsText(turn))] : [])].join(
            ', ',
          ),
          at === 0 ? escapeMarkdown(locksText(turn)) : '',
        ],
      ]
    }),
  )
  return ['## Turns', table(['turn', 'ticket', 'class', 'what it does', 'waits', 'locks'], rows)]
}

function list(title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return []
  return [`## ${title}`, rows.map(([what, why]) => `- ${codeSpan(what)}: ${escapeMarkdown(why)}`).join('\n')]
}

function relationsBlock({ plan }: BatchReport): readonly string[] {
  const told = toldRelations(plan)
  const rest = plan.relations.length - told.length
  if (told.length === 0) return []
  const rows = told.map(({ a, b, relation, because }) => {
    const [first] = because
    const places =
      first === undefined
        ? ''
        : `${first.first.file}:${first.first.line}, ${first.second.file}:${first.second.line}`
    return [
      codeSpan(a),
      codeSpan(b),
      relation,
      escapeMarkdown(first?.text ?? ''),
      places === '' ? '' : codeSpan(places),
    ]
  })
  return folded(`How they stand to each other (${rows.length})`, [
    table(['', '', 'relation', 'because', 'where'], rows),
    ...(rest === 0 ? [] : [`And ${count(rest, 'pair')} with what is alone or dropped.`]),
  ])
}

function unknownBlock(smuggled: BatchReport['smuggled']): readonly string[] {
  const rows = smuggled.flatMap(({ ticket, unknown }) =>
    unknown.map((each) => [codeSpan(ticket), escapeMarkdown(each)]),
  )
  return rows.length === 0 ? [] : folded(`Not compared (${rows.length})`, [table(['ticket', 'why'], rows)])
}
