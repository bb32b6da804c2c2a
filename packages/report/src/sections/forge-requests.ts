/** What the run asked of its forges, against what they grant. */
import type { ForgeRequests, RunRecord } from '@conduct/core'
import { plain } from '../cells.ts'
import type { Cell, Section } from '../model.ts'

export function forgeRequestsSection({ forgeRequests }: RunRecord): Section {
  const all = forgeRequests.reduce((sum, { requests }) => sum + requests, 0)
  return {
    title: 'Requests to the forge',
    note:
      forgeRequests.length === 0
        ? null
        : `${all} that count against a limit, of all writers of this run that ended by themselves; an unchanged answer is free.`,
    isFolded: true,
    columns: [
      'repo',
      'forge',
      'requests that count',
      'of those writes',
      'unchanged answers',
      'limit an hour',
    ],
    rows: forgeRequests.map((one) => [
      one.repo === null ? plain('the forge itself', 'quiet') : plain(one.repo),
      plain(one.host),
      plain(String(one.requests)),
      plain(String(one.writes)),
      plain(String(one.unchanged), 'quiet'),
      limitCell(one),
    ]),
    empty: 'No forge was asked.',
  }
}

/** The limit is of the whole forge: what all repos asked together counts. */
function limitCell({ limitPerHour }: ForgeRequests): Cell {
  return limitPerHour === null ? plain('not said', 'quiet') : plain(String(limitPerHour))
}
