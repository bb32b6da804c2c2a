import { expectTypeOf, test } from 'vitest'
import {
  type AcquireResult,
  type ConductError,
  defineLane,
  type ErrorCode,
  isConductError,
  type Lane,
  type LaneDefinition,
  type Lease,
  openLanes,
  type Store,
} from '../index.ts'

/** Checked by the compiler; running it shows only that nothing here throws. */
declare const lane: Lane
declare const lease: Lease
declare const store: Store
const compiles = (_check: () => unknown): void => undefined

test('an answer is one of three, and only one of them has a lease', () => {
  expectTypeOf<AcquireResult['outcome']>().toEqualTypeOf<'granted' | 'queued' | 'refused'>()
  compiles(async () => {
    const answer = await lane.acquire({ resources: ['shop'] })
    // @ts-expect-error it may not have been granted
    expectTypeOf(answer.lease).toBeNever()
    switch (answer.outcome) {
      case 'granted':
        expectTypeOf(answer.lease).toEqualTypeOf<Lease>()
        // @ts-expect-error whoever has the lane has no place in line
        return answer.position
      case 'queued':
        expectTypeOf(answer.position).toEqualTypeOf<number>()
        return lane.leave(answer)
      case 'refused':
        expectTypeOf(answer.reason).toEqualTypeOf<string>()
        // @ts-expect-error no place was taken
        return answer.secret
      default:
        return answer satisfies never
    }
  })
})

test('a guarded effect is given the token and the signal, and its result comes back', () => {
  compiles(async () => {
    const result = await lease.guard({ name: 'deploy', timeoutMs: 1000 }, async ({ token, signal }) => {
      expectTypeOf(token).toEqualTypeOf<number>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      return { sha: 'abc' }
    })
    expectTypeOf(result).toEqualTypeOf<{ sha: string }>()
    // @ts-expect-error how long it may take has to be said
    await lease.guard({ name: 'deploy' }, async () => undefined)
    // @ts-expect-error an effect is asynchronous
    await lease.guard({ name: 'deploy', timeoutMs: 1000 }, () => 1)
  })
})

test('a lease is disposed of by its block', () => {
  expectTypeOf<Lease>().toExtend<AsyncDisposable>()
  // @ts-expect-error synchronous disposal could not hand it back
  expectTypeOf<Lease>().toExtend<Disposable>()
})

test('what is asked for is spelled as it is meant', () => {
  expectTypeOf<Parameters<Lane['acquire']>['length']>().toEqualTypeOf<0 | 1>()
  compiles(() => lane.acquire())
  compiles(() => lane.acquire({ resources: ['shop'], wait: 1000, attended: false }))
  compiles(() => lane.acquire({ wait: false }))
  // @ts-expect-error for how long?
  compiles(() => lane.acquire({ wait: true }))
  // @ts-expect-error milliseconds, not text
  compiles(() => lane.acquire({ wait: '1m' }))
  // @ts-expect-error it is called resources
  compiles(() => lane.acquire({ resource: 'shop' }))
  // @ts-expect-error a set of names
  compiles(() => lane.acquire({ resources: 'shop' }))
  // @ts-expect-error releasing a claim takes its secret
  compiles(() => lane.release({ claim: 'abc' }))
})

test('lanes are known by the names they were opened with', () => {
  compiles(() => {
    const lanes = openLanes({ store, lanes: { deploy: {}, migrate: { scope: 'repo' } } })
    expectTypeOf(lanes.names()).toEqualTypeOf<readonly ('deploy' | 'migrate')[]>()
    expectTypeOf(lanes.lane('deploy')).toEqualTypeOf<Lane>()
    // @ts-expect-error there is no such lane
    return lanes.lane('depoly')
  })
  compiles(() => {
    const named: Record<string, LaneDefinition> = {}
    return openLanes({ store, lanes: named }).lane('any')
  })
})

test('a lane needs no option, and takes no unknown one', () => {
  expectTypeOf(defineLane()).toEqualTypeOf<LaneDefinition>()
  compiles(() => defineLane({ order: { bounded: 3 }, holders: ['ana'] }))
  // @ts-expect-error no such scope
  compiles(() => defineLane({ scope: 'repos' }))
  // @ts-expect-error milliseconds carry their unit in their name
  compiles(() => defineLane({ ttl: 1000 }))
})

test('an error is told apart by its code', () => {
  compiles((error: unknown = null) => {
    if (isConductError(error, 'LEASE_LOST')) expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
    // @ts-expect-error no such code
    return isConductError(error, 'LEASE_LSOT')
  })
  expectTypeOf<ConductError>().toExtend<Error>()
})
