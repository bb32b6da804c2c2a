import { describe, expect, it } from 'vitest'

import { shownState, standingOf } from './standing.ts'
import { newTask } from './task.ts'

type View = Parameters<typeof standingOf>[1][number]
const now = { ms: 100_000, era: 'boot', wallMs: 0 }

function claim(more: object): object {
  return {
    claim: 'c1',
    holder: 'agent:1',
    task: 'T-1',
    attended: false,
    process: null,
    lastSeen: now,
    ...more,
  }
}

/** Only what is looked at here. */
function lane(document: {
  readonly holders?: readonly object[]
  readonly waiting?: readonly object[]
}): View {
  const definition = { waitingTtlMs: 60_000 }
  return {
    lane: 'backend_migration',
    document: { holders: [], waiting: [], definition, ...document },
  } as unknown as View
}

const stateOf = (view: View): string => shownState(newTask('T-1', 'doing'), standingOf('T-1', [view], now))

describe('what a task is shown as', () => {
  it.each([
    ['in line', { waiting: [claim({ state: 'waiting' })] }, 'lane_queued'],
    ['offered its turn', { holders: [claim({ state: 'offered', token: 3 })] }, 'lane_queued'],
    ['granted', { holders: [claim({ state: 'held', token: 3 })] }, 'doing'],
    ['in line for another task', { waiting: [claim({ state: 'waiting', task: 'T-2' })] }, 'doing'],
    ['parked by a run', { waiting: [claim({ state: 'parked' })] }, 'doing'],
    [
      'in line, and unseen for as long as a place lives',
      { waiting: [claim({ state: 'waiting', lastSeen: { ...now, ms: 40_000 } })] },
      'doing',
    ],
    [
      'in line, seen by another boot, which says nothing about now',
      { waiting: [claim({ state: 'waiting', lastSeen: { ms: 0, era: 'before', wallMs: 0 } })] },
      'lane_queued',
    ],
  ])('%s', (_, document, state) => {
    expect(stateOf(lane(document))).toBe(state)
  })
})
