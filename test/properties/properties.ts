/** The fifteen properties of the lane engine, each with the tests that show it. */
export interface Property {
  readonly name: string
  /** What is promised, one sentence. */
  readonly promise: string
  /** Which stores the proof runs on; the pure core is below all of them. */
  readonly where: string
  readonly shownBy: readonly ShownBy[]
}

export interface ShownBy {
  /** From the top of the repository. */
  readonly file: string
  /** Stands in that file as it is written here. */
  readonly test: string
}

const core = 'packages/lanes/src/core'
const lane = 'packages/lanes/src/lane'
const onAll = 'SQLite, Postgres, S3, git'

export const properties: readonly Property[] = [
  {
    name: 'Fenced exclusion',
    promise: 'one at a time means one, and an older token is refused, under SIGSTOP, kill -9 and set clocks',
    where: onAll,
    shownBy: [
      {
        file: 'test/lanes/fenced-exclusion.test.ts',
        test: 'under SIGSTOP and kill -9 a fenced target loses no update and effects never overlap',
      },
      {
        file: 'test/lanes/fenced-exclusion.test.ts',
        test: 'control: the same faults on an unfenced target lose updates',
      },
      {
        file: 'test/lanes/fenced-exclusion.test.ts',
        test: 'control: an unfenced target without faults loses none',
      },
      {
        file: 'test/lanes/fenced-exclusion.test.ts',
        test: 'control: a lane that grants everybody is caught',
      },
    ],
  },
  {
    name: 'Atomic sets',
    promise: 'a set is taken whole or not at all; sets that share nothing run side by side',
    where: onAll,
    shownBy: [
      {
        file: 'test/lanes/atomic-sets.test.ts',
        test: 'contenders over overlapping sets never share a resource, and disjoint ones overlap in time',
      },
      {
        file: 'test/lanes/atomic-sets.test.ts',
        test: 'a crash before or after any call of the store leaves nobody with a part of a set',
      },
    ],
  },
  {
    name: 'No deadlock',
    promise: 'every unfinished state has an enabled step',
    where: 'pure core, every state at small scope',
    shownBy: [
      {
        file: `${core}/exploration.test.ts`,
        test: 'in every state of 3 claims × 3 resources nobody is stuck, stranded, lost or in conflict ($order, limit $limit)',
      },
      {
        file: `${core}/exploration.test.ts`,
        test: 'two lanes taken in the order of lanes.yaml never deadlock',
      },
    ],
  },
  {
    name: 'Declared order',
    promise: 'an oracle counts who is overtaken: strict never, bounded at most so often',
    where: 'pure core',
    shownBy: [
      { file: `${core}/order.test.ts`, test: 'strict: no later conflicting claim ever passes' },
      { file: `${core}/order.test.ts`, test: 'bounded %i: a claim is passed at most that often' },
    ],
  },
  {
    name: 'Conservation',
    promise: 'every claim ends in exactly one outcome, also in a line of 10,000',
    where: `pure core; ${onAll}`,
    shownBy: [
      {
        file: `${core}/model.test.ts`,
        test: 'whatever clients, crashes, reboots and captains do, holders exclude each other and every claim ends once (%j)',
      },
      {
        file: 'test/lanes/long-line.test.ts',
        test: 'moves on in order, refuses one too many, and each waiter ends in one outcome',
      },
    ],
  },
  {
    name: 'No lost wakeup',
    promise: 'with every notification dropped a turn is still offered within one poll',
    where: `pure core; ${onAll}`,
    shownBy: [
      {
        file: `${core}/exploration.test.ts`,
        test: 'every interleaving of three scripts of enqueue, accept and release hands the resource on',
      },
      {
        file: 'test/lanes/interleavings.test.ts',
        test: 'a release is seen at the next look, wherever it falls',
      },
      {
        file: `${lane}/dropped-hints.test.ts`,
        test: 'a release right after a look is found by the next poll, when no hint ever comes',
      },
    ],
  },
  {
    name: 'The holder stops first',
    promise: 'its last effect starts before its deadline: stopped, blocked, asleep, with a clock 5 % off',
    where: `virtual time; ${onAll}`,
    shownBy: [
      {
        file: `${lane}/lease.test.ts`,
        test: 'with clocks 5 % off, cut off and put to sleep, its last effect starts before the lease ends',
      },
      {
        file: 'test/lanes/holder-stops-first.test.ts',
        test: 'a stopped holder that wakes after the takeover starts no effect any more and exits 11',
      },
      {
        file: 'test/lanes/holder-stops-first.test.ts',
        test: 'a blocked event loop loses the lease, though its renewal worker could have gone on for ever',
      },
      {
        file: 'test/lanes/exec-killed.test.ts',
        test: 'kill -9 of conduct: the supervisor ends the whole group before anybody else gets the lane',
      },
    ],
  },
  {
    name: 'Safe takeover',
    promise: 'never before ttl + margin, whatever wall clocks say and however busy the line is',
    where: `virtual time; ${onAll}`,
    shownBy: [
      {
        file: `${core}/lease.test.ts`,
        test: 'a lease lapses after ttl + margin since its last renewal, and not a millisecond before',
      },
      {
        file: 'test/lanes/fenced-exclusion.test.ts',
        test: 'clocks that are set an hour ahead and back while processes run change nothing (skipped: needs faketime)',
      },
      {
        file: 'test/lanes/takeover.test.ts',
        test: 'a busy line neither hastens nor prevents it, seen from this host and from another',
      },
      {
        file: `${lane}/observation.test.ts`,
        test: 'with clocks 5 % off, cut off, asleep and awake again, at most one holds at any time',
      },
    ],
  },
  {
    name: 'Ambiguity-proof',
    promise: 'three answers in ten lost, false or late: no double grant, no false loss, no leak',
    where: `virtual time; ${onAll}`,
    shownBy: [
      {
        file: `${lane}/ambiguity.test.ts`,
        test: 'give no double grant, no false loss and no leak (seed %i)',
      },
      {
        file: 'test/lanes/ambiguity.test.ts',
        test: 'a client that loses three answers in ten grants nothing twice, loses nothing and leaks nothing',
      },
      {
        file: 'test/integration/git-faults.test.ts',
        test: 'a push that arrives late meets a ref that has moved on',
      },
      {
        file: 'test/integration/s3-ambiguity.test.ts',
        test: 'cannot arrive any more once a later call has said that nothing happened',
      },
    ],
  },
  {
    name: 'Held is an answer',
    promise: 'the same words on every store; a store that cannot be reached says neither held nor free',
    where: onAll,
    shownBy: [
      {
        file: 'test/e2e/held-is-an-answer.test.ts',
        test: 'is free, taken, held, waited for, handed back and taken in turn, in the same words on every store',
      },
      {
        file: `${lane}/ambiguity.test.ts`,
        test: 'never says held or free: every question is answered STORE_UNREACHABLE, exit 30',
      },
    ],
  },
  {
    name: 'A visible line',
    promise:
      'who, for what, since when, my place, who blocks me, and an estimate with its basis or "unknown"',
    where: 'pure core; SQLite',
    shownBy: [
      {
        file: `${core}/line.test.ts`,
        test: 'my line: who blocks me and my place count only what I wait for',
      },
      {
        file: `${core}/line.test.ts`,
        test: 'an estimate is unknown under 5 samples, then the median of holds times the place, less what has passed',
      },
      {
        file: 'packages/lanes/src/open-lanes.test.ts',
        test: 'answers "queued" with the holder, the place and the blockers of a held lane',
      },
    ],
  },
  {
    name: 'Operator control',
    promise: 'a stale token is refused, a forced holder stops, a pause blocks nothing else',
    where: 'pure core; SQLite; every store in the soak',
    shownBy: [
      { file: `${core}/captain.test.ts`, test: 'force release needs the exact token of a current claim' },
      {
        file: 'packages/lanes/src/open-lanes.test.ts',
        test: 'force release needs the exact token; the holder’s next effect is refused, then it acknowledges',
      },
      {
        file: `${core}/captain.test.ts`,
        test: 'a paused claim keeps its place and blocks nobody, not even for its own resources',
      },
    ],
  },
  {
    name: 'Replayable history',
    promise: 'replay rebuilds the document; what was edited, lost or cut off is found',
    where: `pure core; ${onAll} (every history of these tests)`,
    shownBy: [
      {
        file: `${core}/history.test.ts`,
        test: 'replay from the first record rebuilds the document, renewal times aside',
      },
      {
        file: `${core}/history.test.ts`,
        test: 'any edited, missing, repeated, swapped or cut off record is found',
      },
      { file: `${core}/effects-checker.test.ts`, test: 'an older token after a newer one' },
    ],
  },
  {
    name: 'Honest stores',
    promise: 'one conformance suite through two handles; a store that lies is refused by name',
    where: onAll,
    shownBy: [
      { file: 'packages/lanes/src/stores/sqlite.test.ts', test: 'the SQLite store conforms' },
      { file: 'test/integration/postgres.test.ts', test: 'the Postgres store conforms' },
      { file: 'test/integration/s3.test.ts', test: 'the S3 store conforms' },
      { file: 'test/integration/git-store.test.ts', test: 'the git store on file:// conforms' },
      {
        file: 'test/integration/s3-lies.test.ts',
        test: 'that $name is refused, and the probe is named',
      },
      { file: 'test/integration/git-store.test.ts', test: 'the git store trusts no remote untried' },
    ],
  },
  {
    name: 'Live reconfiguration',
    promise: 'another definition between any two steps strands nobody, and a held lane does not vanish',
    where: `pure core; ${onAll}`,
    shownBy: [
      {
        file: `${core}/exploration.test.ts`,
        test: 'applying $change between any two steps strands nobody and grants nothing twice',
      },
      {
        file: 'test/lanes/interleavings.test.ts',
        test: 'another definition applied there strands nobody, and the held lane does not vanish',
      },
    ],
  },
]

export function propertiesTable(): string {
  const rows = properties.map(({ name, promise, where, shownBy }, index) => {
    const files = Map.groupBy(shownBy, ({ file }) => file)
    const tests = [...files].map(
      ([file, list]) =>
        `[${file.split('/').at(-1)}](../../${file}): ${list.map(({ test }) => test).join('; ')}`,
    )
    return `| ${index + 1} | ${name} | ${promise} | ${where} | ${tests.join('<br>').replaceAll('|', String.raw`\|`)} |`
  })
  return ['| # | property | promise | where | shown by |', '|---|---|---|---|---|', ...rows].join('\n')
}
