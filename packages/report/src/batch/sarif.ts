/**
 * A plan of schema changes as SARIF 2.1.0, for code review: what conflicts, collides, could not be read or is smuggled, each at
 * its line. What needs nobody's attention (an order, a duplicate that is dropped) is a note.
 */
import type { Collision, SourceLine } from '@conduct/planner'

import { type SarifLevel, toSarif } from '../sarif.ts'
import { proofGaps, toldRelations, type BatchReport } from './batch-report.ts'

interface Finding {
  readonly rule: RuleId
  readonly message: string
  readonly place: SourceLine
  readonly related?: readonly { readonly place: SourceLine; readonly message: string }[]
}

const rules = {
  'batch/conflict': ['error', 'Two open changes cannot both stand as they are.'],
  'batch/collision': ['error', 'Two files have one version, class name, origin or content.'],
  'batch/no-order': ['error', 'Each of these changes has to come before the next, in a circle.'],
  'batch/not-proved': ['warning', 'That the order does not matter is not proved.'],
  'batch/unread': ['warning', 'A statement could not be read: it is taken to touch whatever it might.'],
  'batch/alone': [
    'warning',
    'The change rewrites or scans a table, changes rows, or is urgent: it has a turn to itself.',
  ],
  'batch/apart': ['note', 'That two changes may share a turn could not be shown.'],
  'batch/order': ['note', 'One change has to come before the other.'],
  'batch/duplicate': ['note', 'Two open changes do the same.'],
  'smuggle/unflagged': ['error', 'The schema changes, and the ticket does not say so.'],
  'smuggle/schema_differs': ['error', 'The schema file is not what the migrations lead to.'],
  'smuggle/dependency_migrations': ['warning', 'A library brings migrations along.'],
  'smuggle/hidden_ddl': ['error', 'The schema changes outside of a migration.'],
  'smuggle/model_without_migration': ['error', 'Models changed without their migration.'],
  'smuggle/secondary_schema': ['warning', 'The schema of another database changed.'],
} as const satisfies Readonly<Record<string, readonly [SarifLevel, string]>>

type RuleId = keyof typeof rules

const ruleIds = Object.keys(rules) as RuleId[]

export function batchToSarif(
  report: BatchReport,
  { version }: { readonly version: string },
): Readonly<Record<string, unknown>> {
  return toSarif({
    version,
    id: 'conduct/batch-plan/',
    rules: ruleIds.map((id) => ({ id, text: rules[id][1], level: rules[id][0] })),
    results: findingsOf(report).map((finding) => ({ ...finding, level: rules[finding.rule][0] })),
    properties: { inputHash: report.plan.inputHash },
  })
}

function findingsOf(report: BatchReport): readonly Finding[] {
  return [
    ...smuggledFindings(report),
    ...relationFindings(report),
    ...report.plan.collisions.flatMap(collisionFinding),
    ...ticketFindings(report),
  ]
}

function smuggledFindings({ smuggled }: BatchReport): readonly Finding[] {
  return smuggled.flatMap(({ ticket, signals }) =>
    signals.map(({ kind, place, why, remedy }) => ({
      rule: `smuggle/${kind}` as const,
      message: `${ticket}: ${why} ${remedy}`,
      place,
    })),
  )
}

const relationRules = {
  conflict: 'batch/conflict',
  conservative: 'batch/apart',
  order: 'batch/order',
  duplicate: 'batch/duplicate',
} as const

function relationFindings({ plan }: BatchReport): readonly Finding[] {
  return toldRelations(plan).flatMap(({ a, b, relation, because }): Finding[] => {
    const [first] = because
    if (relation === 'independent' || first === undefined) return []
    return [
      {
        rule: relationRules[relation],
        message: `${a} and ${b}: ${first.text}.`,
        place: first.first,
        related: [{ place: first.second, message: b }],
      },
    ]
  })
}

function collisionFinding({ rule, value, files }: Collision): readonly Finding[] {
  const [first, ...others] = files
  if (first === undefined) return []
  const of = (ticket: string | null): string => ticket ?? 'the base'
  const shared = rule === 'same_content' ? 'the same content' : `${rule.replace('_', ' ')}: ${value}`
  return [
    {
      rule: 'batch/collision',
      message: `${[first, ...others].map(({ file, ticket }) => `${file} (${of(ticket)})`).join(' and ')} have ${shared}.`,
      place: { file: first.file, line: 1 },
      related: others.map(({ file, ticket }) => ({ place: { file, line: 1 }, message: of(ticket) })),
    },
  ]
}

function ticketFindings({ plan }: BatchReport): readonly Finding[] {
  const alone = new Set(plan.solo.map(({ ticket }) => ticket))
  const unplanned = new Map(plan.unplanned.map(({ ticket, because }) => [ticket, because]))
  const ofTickets = plan.tickets.flatMap(({ ticket, operations, because }): Finding[] => {
    const first = operations[0]?.operation.place
    if (first === undefined) return []
    const circle = unplanned.get(ticket.id)
    const unread = operations.flatMap(({ operation }): Finding[] =>
      operation.kind === 'opaque'
        ? [{ rule: 'batch/unread', message: `${ticket.id}: ${operation.reason}.`, place: operation.place }]
        : [],
    )
    return [
      ...unread,
      ...(circle === undefined
        ? []
        : [{ rule: 'batch/no-order', message: `${ticket.id}: ${circle}.`, place: first } as const]),
      ...(alone.has(ticket.id) && unread.length === 0
        ? [
            {
              rule: 'batch/alone',
              message: `${ticket.id} is alone: ${because.join('; ')}.`,
              place: first,
            } as const,
          ]
        : []),
    ]
  })
  const ofTurns = plan.turns.flatMap((turn): Finding[] => {
    const { proof } = turn
    if (proof.outcome === 'same') return []
    const [member] = turn.tickets
    const place =
      proof.outcome === 'refused'
        ? proof.place
        : plan.tickets.find((each) => each.ticket.id === member)?.operations[0]?.operation.place
    if (place === undefined) return []
    return proofGaps(turn).map((gap) => ({ rule: 'batch/not-proved', message: `${turn.id}: ${gap}.`, place }))
  })
  return [...ofTickets, ...ofTurns]
}
