import { clientMutants } from './client-mutants.ts'
import { dailyPathMutants } from './daily-path-mutants.ts'
import { gitMutants } from './git-mutants.ts'
import { s3Mutants } from './s3-mutants.ts'
import { postgresMutants } from './postgres-mutants.ts'

/**
 * Ways to break the lane engine that must never pass unnoticed. Each is applied as a patch to a copy of
 * `packages/lanes`; the named test must then fail, and must pass without it.
 */
export interface Mutant {
  readonly name: string
  /** Below `packages/lanes/src`, or from the top of the repository where it begins with `packages/`. */
  readonly file: string
  /** Stands in the file exactly once; a mutant that no longer applies fails the gate. */
  readonly find: string
  readonly replace: string
  /** `file` below `packages/lanes/src`, or from the top where it starts with `test/`. */
  readonly killer: { readonly file: string; readonly test: string }
}

export const mutants: readonly Mutant[] = [
  {
    name: 'token from outside the record',
    file: 'core/slots.ts',
    find: 'const token = highest + 1',
    replace: 'const token = Math.floor(draft.now.ms % 1000) + 1',
    killer: {
      file: 'core/lease.test.ts',
      test: 'tokens rise with every grant, and a set gets one more than the highest of its members',
    },
  },
  {
    name: 'nonce removed',
    file: 'core/decide.ts',
    find: 'nonce: context.nonce,',
    replace: "nonce: '',",
    killer: {
      file: 'core/history.test.ts',
      test: 'no two writes are identical, even when the same thing happens twice',
    },
  },
  {
    name: 'margin 0',
    file: 'core/draft.ts',
    find: '>= held.ttlMs + held.marginMs',
    replace: '>= held.ttlMs',
    killer: {
      file: 'core/lease.test.ts',
      test: 'a lease lapses after ttl + margin since its last renewal, and not a millisecond before',
    },
  },
  {
    name: 'release without comparison',
    file: 'core/holding.ts',
    find: `export function release(draft: Draft, operation: Operation<'release'>): Answer {
  const proof = proveHolder(draft, operation)`,
    replace: `export function release(draft: Draft, operation: Operation<'release'>): Answer {
  const known = draft.holders.find((holder) => holder.claim === operation.claim)
  const proof = proveHolder(draft, { ...operation, ...known })`,
    killer: {
      file: 'core/lease.test.ts',
      test: 'release, renew, accept, keep and park compare the secret and the token',
    },
  },
  {
    name: 'grant always',
    file: 'core/settle.ts',
    find: 'if (keys.every((key) => mayTake(',
    replace: 'if (true || keys.every((key) => mayTake(',
    killer: {
      file: 'core/model.test.ts',
      test: 'whatever clients, crashes, reboots and captains do, holders exclude each other and every claim ends once ("strict")',
    },
  },
  {
    name: 'grant always, at small scope',
    file: 'core/settle.ts',
    find: 'return free - 1 >= (queue?.reserved ?? 0)',
    replace: 'return free > -2 || queue === undefined',
    killer: {
      file: 'core/exploration.test.ts',
      test: 'in every state of 3 claims × 3 resources nobody is stuck, stranded, lost or in conflict (strict, limit 1)',
    },
  },
  {
    name: 'later claims pass under strict',
    file: 'core/settle.ts',
    find: "if (order === 'strict') return 0",
    replace: "if (order === 'strict') return 1",
    killer: { file: 'core/order.test.ts', test: 'strict: no later conflicting claim ever passes' },
  },
  {
    name: 'a wakeup lost at release',
    file: 'core/draft.ts',
    find: `  draft.holders = draft.holders.filter((held) => held.claim !== claim)
  draft.isSettled = false`,
    replace: '  draft.holders = draft.holders.filter((held) => held.claim !== claim)',
    killer: {
      file: 'core/exploration.test.ts',
      test: 'every interleaving of three scripts of enqueue, accept and release hands the resource on',
    },
  },
  {
    name: 'a store that went back not noticed',
    file: 'lane/lane-calls.ts',
    find: '      requireCurrent(lane, seen, document)\n',
    replace: '',
    killer: {
      file: 'lane/going-back.test.ts',
      test: 'a restored store is refused for reads and changes, and without that a token is granted twice',
    },
  },
  {
    name: 'recovered in the same epoch',
    file: 'core/recover.ts',
    find: 'draft.epoch = Math.max(draft.epoch + 1, operation.epoch)',
    replace: 'draft.epoch = draft.before.epoch',
    killer: {
      file: 'core/recover.test.ts',
      test: 'ends everything held and offered by force, keeps the line, and goes on in a higher epoch',
    },
  },
  {
    name: 'imported in the same epoch',
    file: 'core/moving.ts',
    find: 'draft.epoch = Math.max(draft.epoch + 1, epoch)',
    replace: 'draft.epoch = Math.min(draft.epoch, epoch)',
    killer: {
      file: 'core/moving.test.ts',
      test: 'imported elsewhere, it goes on with its line, under tokens above all before',
    },
  },
  {
    name: 'sealed under a holder',
    file: 'core/moving.ts',
    find: 'if (draft.holders.length > 0) return',
    replace: 'if (draft.holders.length > 99) return',
    killer: {
      file: 'core/moving.test.ts',
      test: 'a lane that somebody holds, is offered or could have this moment is not sealed',
    },
  },
  {
    name: 'a new boot not observed',
    file: 'core/sweep.ts',
    find: '  if (draft.watch.firstSeenMs === undefined) rebase(draft)\n',
    replace: '',
    killer: {
      file: 'core/lease.test.ts',
      test: 'times of another boot are never counted: the lease starts over with ttl + margin',
    },
  },
  {
    name: 'a kept lease taken over as dead',
    file: 'core/sweep.ts',
    find: ' || held.kept !== null) continue',
    replace: ') continue',
    killer: {
      file: 'core/lease.test.ts',
      test: 'a kept lease is never taken over as dead; it lapses after ttl + margin and leaves a note',
    },
  },
  {
    name: 'no quiet time after a force release',
    file: 'core/recover.ts',
    find: 'draft.cooling = [...draft.cooling, ...cooling]',
    replace: 'draft.cooling = [...draft.cooling]',
    killer: {
      file: 'core/captain.test.ts',
      test: 'force release bumps the counter, and the next grant waits for the takeover delay',
    },
  },
  {
    name: 'force release by any token',
    file: 'core/captain.ts',
    find: 'held.token === operation.token && (',
    replace: '(',
    killer: { file: 'core/captain.test.ts', test: 'force release needs the exact token of a current claim' },
  },
  {
    name: 'a shortened definition cuts leases that are held',
    file: 'core/draft.ts',
    find: 'const ttlMs = Math.max(held.ttlMs, draft.definition.ttlMs)',
    replace: 'const ttlMs = draft.definition.ttlMs',
    killer: {
      file: 'core/lease.test.ts',
      test: 'a shortened definition leaves a held lease as long as it was; a longer one is taken over at its renewal',
    },
  },
  {
    name: 'history not chained',
    file: 'core/history.ts',
    find: 'previous: draft.before.history.hash,',
    replace: "previous: '',",
    killer: {
      file: 'core/history.test.ts',
      test: 'replay from the first record rebuilds the document, renewal times aside',
    },
  },
  {
    name: 'deadline from the response',
    file: 'lane/lane-calls.ts',
    find: 'return { result, sentAt, before,',
    replace: 'return { result, sentAt: momentOf(calls.clock), before,',
    killer: {
      file: 'lane/deadline.test.ts',
      test: 'the deadline counts from before the write was sent, however late its answer comes',
    },
  },
  {
    name: 'effect without the deadline check',
    file: 'lane/lease.ts',
    find: `      // From here to the first line of the effect nothing is awaited.
      requireRoom(effect)`,
    replace: '',
    killer: {
      file: 'lane/deadline.test.ts',
      test: 'the deadline is checked again right before the effect, after everything that was awaited',
    },
  },
  {
    name: 'sleep of the machine not counted',
    file: 'lane/moment.ts',
    find: 'Math.min(deadline.monotonicMs - clock.monotonicMs(), deadline.bootMs - clock.bootMs())',
    replace: 'deadline.monotonicMs - clock.monotonicMs()',
    killer: {
      file: 'lane/deadline.test.ts',
      test: 'time that passes while the machine sleeps counts against the lease',
    },
  },
  ...clientMutants,
  ...dailyPathMutants,
  ...s3Mutants,
  ...gitMutants,
  ...postgresMutants(),
]

/** Those whose killer is quick: no server, no model, no exhaustive search. */
export const quickMutants = mutants.filter(
  ({ killer }) => !/^test\/|model|exploration|s3-documents|s3-riding/.test(killer.file),
)
