import { base, type Edit, someoneIn, unasked, type Pair } from './pair.ts'

const candidate = `candidates:
  seeds: { paths: ["db/seeds/**"], incidents: ["https://acme.example/3", "https://acme.example/4"] }
`
const seedsBecomeLane: readonly Edit[] = [
  [
    candidate,
    `  seeds:
    captains: [carl]
    triggers: { paths: ["db/seeds/**"] }
    justification: { incidents: ["https://acme.example/3", "https://acme.example/4"], signed_off_by: carl }
`,
  ],
]
const docsLane = base.slice(base.indexOf('  docs:\n'), base.indexOf('candidates:'))
const fewerMigrations: readonly Edit[] = [
  ['captains: [carl]', 'captains: [carl]\n    triggers: { paths: ["db/migrate/**", db/schema.rb] }'],
]
const signed = { proof: 'signed_commit', reference: '1234567', edits: seedsBecomeLane } as const

/** Lanes that come, go, and what asks for them. */
export const lanePairs: readonly Pair[] = [
  {
    name: 'what only looks different says nothing',
    edits: [
      ['captains: [carl]', 'captains:\n      - carl # the first'],
      ['lane: train\n', '"lane": "train"\n'],
    ],
    says: [],
  },
  {
    name: 'a default that is written out says nothing',
    edits: [
      [
        'captains: [ana]\n    triggers',
        'limit: 1\n    lease: { ttl: 15m }\n    captains: [ana]\n    triggers',
      ],
    ],
    says: [],
  },
  {
    name: 'a value behind an alias is compared by what it stands for',
    edits: [
      ['holders: [ana, carl]', 'holders: &two [ana, carl]'],
      ['by: [ana, carl]', 'by: *two'],
    ],
    says: [],
  },
  {
    name: 'a candidate becomes a lane that nobody signed off',
    edits: seedsBecomeLane,
    says: [
      'danger LANE_NOT_SIGNED_OFF 8:1>25:102 lane "seeds" says it is signed off by carl, and neither a commit signed by them nor their approval at the forge shows it',
      'info LANE_ADDED 8:1>22:3 lane "seeds" is new, after 2 incidents, and makes all but one at "db/seeds/**" wait: of the 6 files changed in the last 90 days none would have needed it for that',
      '- It was the candidate "seeds", with 2 incidents',
    ],
  },
  {
    name: 'a candidate becomes a lane whose captain signed the commit',
    edits: seedsBecomeLane,
    evidence: { signOffs: [{ by: 'carl', ...signed }] },
    says: [
      'info LANE_ADDED 8:1>22:3 lane "seeds" is new, after 2 incidents, and makes all but one at "db/seeds/**" wait: of the 6 files changed in the last 90 days none would have needed it for that',
      '- It was the candidate "seeds", with 2 incidents',
      'info LANE_SIGNED_OFF 8:1>25:102 lane "seeds" is signed off by carl, by the signed commit 1234567',
    ],
  },
  {
    name: 'a lane that was changed after its captain approved it is not signed off',
    edits: [...seedsBecomeLane, ['["db/seeds/**"]', '["db/seeds/**", "seeds/**"]']],
    evidence: {
      signOffs: [{ by: 'carl', proof: 'forge_approval', reference: 'shop#7', edits: seedsBecomeLane }],
    },
    says: [
      'danger LANE_NOT_SIGNED_OFF 8:1>25:102 lane "seeds" is not what carl signed off: it was changed since shop#7',
      'info LANE_ADDED 8:1>22:3 lane "seeds" is new, after 2 incidents, and makes all but one at "db/seeds/**" and "seeds/**" wait: of the 6 files changed in the last 90 days none would have needed it for that',
      '- It was the candidate "seeds", with 2 incidents',
    ],
  },
  {
    name: 'the signature of somebody else is none',
    edits: seedsBecomeLane,
    evidence: { signOffs: [{ by: 'ana', ...signed }], signOffProblems: ['carl has no signing_key'] },
    says: [
      'danger LANE_NOT_SIGNED_OFF 8:1>25:102 lane "seeds" says it is signed off by carl, and neither a commit signed by them nor their approval at the forge shows it',
      '- carl has no signing_key',
      'info LANE_ADDED 8:1>22:3 lane "seeds" is new, after 2 incidents, and makes all but one at "db/seeds/**" wait: of the 6 files changed in the last 90 days none would have needed it for that',
      '- It was the candidate "seeds", with 2 incidents',
    ],
  },
  {
    name: 'a lane by a preset alone',
    edits: [
      [
        'candidates:',
        '  more: { use: sql_migrations, captains: [carl], triggers: { paths: ["sql/**"] } }\ncandidates:',
      ],
    ],
    says: [
      'caution LANE_NOT_JUSTIFIED 8:1>22:3 lane "more" rests on its preset alone: no incident, nobody who signed it off',
      'info LANE_ADDED 8:1>22:9 lane "more" is new, by the preset sql_migrations, and makes all but one at "sql/**" and "requires_migration" in each repo wait: of the 6 files changed in the last 90 days none would have needed it for that',
    ],
  },
  {
    name: 'a lane is removed that nobody holds and nothing needed',
    baseEdits: [['["docs/**"]', '["manual/**"]']],
    edits: [[docsLane.replace('["docs/**"]', '["manual/**"]'), '']],
    says: [
      'caution LANE_REMOVED 17:3>8:1 lane "docs" is gone: nobody holds it and nobody waits; of the 6 files changed in the last 90 days none needed it for that',
    ],
  },
  {
    name: 'a lane is removed while it is held and waited for',
    edits: [[docsLane, '']],
    evidence: { lanes: someoneIn('docs') },
    says: [
      'danger LANE_REMOVED 17:3>8:1 lane "docs" is gone: cli:dora@mill holds it and 1 claim waits; 1 file changed in the last 90 days needed it and would need no lane now',
      '- Held by cli:dora@mill since 2026-11-21T09:00:00Z (shop)',
      '- Waited for by agent:fleet-3 since 2026-11-21T10:00:00Z (shop)',
      '- engine docs/a.md by docs/** []',
    ],
  },
  {
    name: 'a lane is removed and nobody can be asked',
    edits: [[docsLane, '']],
    evidence: {
      lanes: unasked('docs'),
      history: [
        ['engine', { outcome: 'unknown', reason: 'no clone' }],
        ['shop', { outcome: 'unknown', reason: 'no clone' }],
      ],
    },
    says: [
      'danger LANE_REMOVED 17:3>8:1 lane "docs" is gone: who holds it could not be asked; which files that concerns could not be asked',
      '- The store could not be asked: postgres says no',
      '- The history of engine could not be asked: no clone',
      '- The history of shop could not be asked: no clone',
    ],
  },
  {
    name: 'a lane is renamed while it is held',
    edits: [
      ['  docs:\n', '  site:\n'],
      ['captains: [ana]\n    triggers', 'limit: 2\n    captains: [ana]\n    triggers'],
    ],
    evidence: { lanes: someoneIn('docs') },
    says: [
      'danger LANE_RENAMED 17:3>17:3 lane "docs" is now called "site": its holders, its line and its history stay under the old name, and its tokens begin at 1 again; cli:dora@mill holds it and 1 claim waits',
      '- Held by cli:dora@mill since 2026-11-21T09:00:00Z (shop)',
      '- Waited for by agent:fleet-3 since 2026-11-21T10:00:00Z (shop)',
      'caution LIMIT_RAISED 17:3>19:12 lane "site" lets 2 in at once instead of 1',
    ],
  },
  {
    name: 'a path of a preset is no longer looked at',
    edits: fewerMigrations,
    says: [
      'danger TRIGGER_NARROWED 10:10>12:24 lane "migration" no longer looks at "db/structure.sql": 1 file changed in the last 90 days needed it and would need no lane now',
      '- shop db/structure.sql by db/structure.sql []',
    ],
  },
  {
    name: 'a path moves to another lane',
    edits: [...fewerMigrations, ['["docs/**"]', '["docs/**", "db/structure.sql"]']],
    says: [
      'caution TRIGGER_NARROWED 10:10>12:24 lane "migration" no longer looks at "db/structure.sql": 1 file changed in the last 90 days needed it and would need another lane instead',
      '- shop db/structure.sql by db/structure.sql [docs]',
      'info TRIGGER_WIDENED 20:24>21:24 lane "docs" now also looks at "db/structure.sql": 1 file changed in the last 90 days would have needed it',
      '- shop db/structure.sql by db/structure.sql [migration]',
    ],
  },
  {
    name: 'a narrowed path where one history is cut and one is missing',
    edits: fewerMigrations,
    evidence: {
      history: [
        ['engine', { outcome: 'unknown', reason: 'no clone' }],
        ['shop', { outcome: 'known', value: { files: ['db/schema.rb'], cutAt: '2026-11-01' } }],
      ],
    },
    says: [
      'caution TRIGGER_NARROWED 10:10>12:24 lane "migration" no longer looks at "db/structure.sql": of the 1 file known to have changed in the last 90 days none needed it for that',
      '- The history of engine could not be asked: no clone',
      '- The history of shop is known only since 2026-11-01: the clone is shallow',
    ],
  },
  {
    name: 'a pattern takes paths out',
    edits: [['["docs/**"]', '["docs/**", "!docs/a*"]']],
    says: [
      'danger TRIGGER_NARROWED 20:24>20:24 lane "docs" no longer looks at what it now takes out, "docs/a*": 1 file changed in the last 90 days needed it and would need no lane now',
      '- engine docs/a.md by docs/** []',
    ],
  },
  {
    name: 'a lane looks at one repo only',
    edits: [['flags: [docs] }', 'flags: [docs], repos: [shop] }']],
    says: [
      'danger TRIGGER_NARROWED 20:5>20:59 lane "docs" no longer looks at every repo, only at "shop": 1 file changed in the last 90 days needed it and would need no lane now',
      '- engine docs/a.md by docs/** []',
    ],
  },
  {
    name: 'a lane looks at more',
    edits: [['["docs/**"], flags: [docs]', '["docs/**", "app/**"], flags: [docs, site], actions: [adopt]']],
    says: [
      'info TRIGGER_WIDENED 20:24>20:24 lane "docs" now also looks at "app/**": 1 file changed in the last 90 days would have needed it',
      '- shop app/cart.rb by app/** []',
      'info TRIGGER_WIDENED 20:44>20:54 lane "docs" is now also needed for the flag "site"',
      'info TRIGGER_WIDENED 20:5>20:77 lane "docs" is now also needed for the action "adopt"',
    ],
  },
  {
    name: 'flags and actions no longer ask',
    edits: [
      ['paths: ["docs/**"], flags: [docs]', 'paths: ["docs/**"]'],
      ['use: release_train\n', 'use: release_train\n    triggers: { actions: [publish, adopt, deploy] }\n'],
    ],
    says: [
      'danger TRIGGER_NARROWED 13:10>14:26 lane "train" is no longer asked for by the actions "provider_config" and "env_var"',
      'caution TRIGGER_NARROWED 20:44>21:5 lane "docs" is no longer asked for by the flag "docs"',
    ],
  },
]
