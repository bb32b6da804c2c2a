import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunId } from '@conduct/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AcquireResult, Lease } from '../api.ts'
import { historyLog } from '../core/history.ts'
import type { HistoryRecord } from '../history-record.ts'
import { openVirtualHost } from '../testing/virtual-host.ts'
import { defaultLease, openVirtualLane, type VirtualLane } from '../testing/virtual-lane.ts'

const lapseMs = defaultLease.ttlMs + defaultLease.marginMs
const run = 'r1' as RunId
const ask = { resources: ['shop'], waitMsMax: 0, attended: false } as const

let state: string
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'conduct-seen-'))
  vi.stubEnv('XDG_STATE_HOME', state)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(state, { recursive: true, force: true })
})

function leaseOf(result: AcquireResult): Lease {
  if (result.outcome !== 'granted') throw new Error(`expected a lease, got ${result.outcome}`)
  return result.lease
}

const shapes = {
  'a store with a clock': (virtual: VirtualLane) => ({
    first: virtual.open('ana').lane('lane'),
    second: virtual.open('ben').lane('lane'),
  }),
  'a store without one': (virtual: VirtualLane) => ({
    first: openVirtualHost(virtual, { name: 'first', offsetMs: 77 * 3_600_000 }).lane,
    second: openVirtualHost(virtual, { name: 'second', offsetMs: -5 * 3_600_000 }).lane,
  }),
}

describe.each(Object.entries(shapes))(
  'resuming a run whose older writer cannot be proved dead, on %s',
  (_name, open) => {
    test('waits until its lease has lapsed, takes the lane before those in line, and writes down one refusal', async () => {
      const virtual = openVirtualLane()
      const { first, second } = open(virtual)
      const former = leaseOf(await first.acquire({ ...ask, run }))
      await second.acquire({ ...ask })

      const resuming = second.acquire({ ...ask, resumes: run, waitMsMax: lapseMs * 2 })
      const answered = vi.fn<(result: AcquireResult) => void>()
      void resuming.then(answered)
      await virtual.time.advance(lapseMs - 1)

      expect(answered).not.toHaveBeenCalled()
      await virtual.time.advance(5000)
      const resumed = leaseOf(await resuming)
      expect(resumed.token).toBeGreaterThan(former.token)
      const records = (await virtual.store.log.read(historyLog('lane'))).map(
        ({ record }) => record as unknown as HistoryRecord,
      )
      const ends = records.flatMap(({ effects }) => effects.map(({ change }) => change))
      expect(ends.filter((change) => change === 'refused' || change === 'lapsed')).toEqual([
        'refused',
        'lapsed',
      ])
    })

    test('is refused when time is up, and says for how long its lease may last', async () => {
      const virtual = openVirtualLane()
      const { first, second } = open(virtual)
      leaseOf(await first.acquire({ ...ask, run }))

      const resuming = second.acquire({ ...ask, resumes: run, formerMsMax: 5000 })
      await virtual.time.advance(10_000)

      expect(await resuming).toMatchObject({ outcome: 'refused', because: 'run_is_live' })
      expect(((await resuming) as { reason: string }).reason).toContain(
        'unless it renews, its lease ends in 16m',
      )
    })

    test('takes it up at once when the older writer stops meanwhile', async () => {
      const virtual = openVirtualLane()
      const { first, second } = open(virtual)
      const former = leaseOf(await first.acquire({ ...ask, run }))

      const resuming = second.acquire({ ...ask, resumes: run, waitMsMax: lapseMs })
      await virtual.time.advance(30_000)
      await former.stop({ reason: 'adoption failed' })
      await virtual.time.advance(2000)

      expect(leaseOf(await resuming).token).toBeGreaterThan(former.token)
    })

    test('ends when the caller aborts', async () => {
      const virtual = openVirtualLane()
      const { first, second } = open(virtual)
      leaseOf(await first.acquire({ ...ask, run }))
      const interrupt = new AbortController()

      const resuming = second.acquire({ ...ask, resumes: run, waitMsMax: lapseMs, signal: interrupt.signal })
      const ended = resuming.then(
        () => 'answered',
        (error: unknown) => String(error),
      )
      await virtual.time.advance(3000)
      interrupt.abort(new Error('interrupted by the test'))
      await virtual.time.advance(1000)

      expect(await ended).toContain('interrupted by the test')
    })
  },
)
