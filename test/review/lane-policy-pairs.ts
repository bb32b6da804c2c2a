import { type Pair, someoneIn, twoIn, unasked } from './pair.ts'

/** How a lane is held and served: limits, lifetimes, scope, order. */
export const lanePolicyPairs: readonly Pair[] = [
  {
    name: 'a limit is raised where there is one schema',
    edits: [['captains: [carl]', 'captains: [carl]\n    limit: 2']],
    says: [
      'danger LIMIT_RAISED 9:3>12:12 lane "migration" lets 2 in at once instead of 1, and what it guards (the schema) is one thing for all of them',
    ],
  },
  {
    name: 'a limit is lowered below those who hold it',
    baseEdits: [['captains: [carl]', 'captains: [carl]\n    limit: 2']],
    edits: [['limit: 2', 'limit: 1']],
    evidence: { lanes: twoIn('migration') },
    says: [
      'caution LIMIT_LOWERED 12:12>12:12 lane "migration" lets 1 in at once instead of 2; 2 hold the same of it now, and they stay',
    ],
  },
  {
    name: 'a ttl is shortened below what holders really used',
    edits: [['captains: [carl]', 'captains: [carl]\n    lease: { ttl: 30m, margin: 5m }']],
    evidence: { lanes: someoneIn('migration') },
    says: [
      'danger TTL_SHORTENED 10:10>12:19 a lease of lane "migration" lasts 30m instead of 4h; the last 12 holds took 40m in the middle and 3h at most, and who holds it without a process that renews would lose it after 25m',
      'caution TAKEOVER_HASTENED 9:3>9:3 after a force release lane "migration" stays quiet for 7m instead of 14m, which is all the time its old holder has to notice',
      'caution MARGIN_NARROWED 10:10>12:32 a holder of lane "migration" has to stop 5m before the lease ends instead of 12m: less room for a slow clock or a slow stop',
    ],
  },
  {
    name: 'a ttl is shortened and still covers most of it',
    edits: [['captains: [carl]', 'captains: [carl]\n    lease: { ttl: 2h }']],
    evidence: { lanes: someoneIn('migration') },
    says: [
      'caution TTL_SHORTENED 10:10>12:19 a lease of lane "migration" lasts 2h instead of 4h; the last 12 holds took 40m in the middle and 3h at most, and who holds it without a process that renews would lose it after 1h 48m',
    ],
  },
  {
    name: 'a ttl is shortened and the store cannot be asked',
    edits: [['captains: [carl]', 'captains: [carl]\n    lease: { ttl: 2h }']],
    evidence: { lanes: unasked('migration') },
    says: [
      'caution TTL_SHORTENED 10:10>12:19 a lease of lane "migration" lasts 2h instead of 4h; how long it is really held could not be asked',
      '- The store could not be asked: postgres says no',
    ],
  },
  {
    name: 'a ttl is lengthened',
    edits: [['holders: [ana, carl]', 'holders: [ana, carl]\n    lease: { ttl: 20m }']],
    says: [
      'info TTL_LENGTHENED 12:3>16:19 a lease of lane "train" lasts 20m instead of 15m: so long does everybody wait for a holder who died',
    ],
  },
  {
    name: 'the scope of a lane that is held is another',
    edits: [['captains: [carl]', 'captains: [carl]\n    scope: global']],
    evidence: { lanes: someoneIn('migration') },
    says: [
      'danger SCOPE_CHANGED 10:10>12:12 a claim on lane "migration" covers the whole lane instead of one repo, so that claims of before and after do not keep each other out; cli:dora@mill holds it and 1 claim waits',
      '- Held by cli:dora@mill since 2026-11-21T09:00:00Z (shop)',
      '- Waited for by agent:fleet-3 since 2026-11-21T10:00:00Z (shop)',
    ],
  },
  {
    name: 'the line is served otherwise',
    edits: [
      [
        'holders: [ana, carl]',
        'holders: [ana, carl]\n    order: eager\n    when_held: skip\n    waiting: { max: 3, accept: 1m }',
      ],
    ],
    evidence: { lanes: someoneIn('train') },
    says: [
      'caution ORDER_CHANGED 12:3>16:12 in the line of lane "train" whatever fits goes first, and a claim on many repos can wait for ever',
      'caution WHEN_HELD_CHANGED 12:3>17:16 whoever finds lane "train" held steps aside with success, and the work is not done',
      'caution WAITING_CHANGED 12:3>18:32 how long a turn stays open in the line of lane "train" is 1m instead of 15m; 1 claim waits now',
      'info WAITING_CHANGED 12:3>18:21 the length of the line of lane "train" is 3 instead of 200; 1 claim waits now',
    ],
  },
  {
    name: 'a force release is followed sooner',
    edits: [['holders: [ana, carl]', 'holders: [ana, carl]\n    takeover_delay: 10s']],
    says: [
      'caution TAKEOVER_HASTENED 12:3>16:21 after a force release lane "train" stays quiet for 10s instead of 2m, which is all the time its old holder has to notice',
    ],
  },
]
