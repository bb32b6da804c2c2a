import { type Pair, someoneIn } from './pair.ts'

/** Who may steer, hold and approve; what happens without a store; why a lane is there. */
export const authorityPairs: readonly Pair[] = [
  {
    name: 'a captain is added who thereby approves',
    edits: [['captains: [carl]', 'captains: [carl, dora]']],
    says: [
      'caution CAPTAIN_ADDED 11:15>11:15 "dora" may reorder and pause the line of lane "migration" and take it from its holder',
      'caution APPROVER_ADDED 11:15>11:15 "dora" may approve what cannot be undone on lane "migration"',
    ],
  },
  {
    name: 'a captain is replaced',
    edits: [['captains: [carl]', 'captains: [dora]']],
    says: [
      'caution CAPTAIN_ADDED 11:15>11:15 "dora" may reorder and pause the line of lane "migration" and take it from its holder',
      'caution CAPTAIN_REMOVED 11:15>11:15 "carl" may no longer steer lane "migration", which leaves "dora"',
      'caution APPROVER_ADDED 11:15>11:15 "dora" may approve what cannot be undone on lane "migration"',
      'caution APPROVER_REMOVED 11:15>11:15 "carl" may no longer approve on lane "migration", which leaves "dora"',
    ],
  },
  {
    name: 'everybody may hold',
    edits: [['    holders: [ana, carl]\n', '']],
    says: ['caution HOLDERS_WIDENED 15:14>12:3 everybody may hold lane "train" without being assigned'],
  },
  {
    name: 'holders are named while somebody else is in it',
    edits: [['captains: [carl]', 'captains: [carl]\n    holders: [carl]']],
    evidence: { lanes: someoneIn('migration') },
    says: [
      'caution HOLDERS_NARROWED 9:3>12:14 only "carl" may hold lane "migration" without being assigned, and "cli:dora@mill" and "agent:fleet-3" are in it now',
    ],
  },
  {
    name: 'approval: none',
    edits: [['{ actions: [publish, deploy], by: [ana, carl], via: forge, expires: 2h }', 'none']],
    says: [
      'danger APPROVAL_DROPPED 16:15>16:15 nothing on lane "train" needs an approval any more, and it carries publish, adopt, deploy, provider_config, env_var',
    ],
  },
  {
    name: 'approval is asked for again',
    baseEdits: [['{ actions: [publish, deploy], by: [ana, carl], via: forge, expires: 2h }', 'none']],
    edits: [['approval: none', 'approval: { by: [carl] }']],
    says: [
      'info APPROVAL_REQUIRED 16:15>16:15 lane "train" now needs the approval of "carl" before what cannot be undone',
    ],
  },
  {
    name: 'an action needs no approval, and approvers change',
    edits: [
      ['[publish, deploy], by: [ana, carl]', '[publish], by: [ana, dora]'],
      ['dora: {}', 'dora: { forge: dora }'],
    ],
    says: [
      'danger APPROVAL_NARROWED 16:26>16:26 "deploy" on lane "train" needs no approval any more',
      'caution FORGE_LOGIN_CHANGED 4:60>4:75 "dora" at the forge is taken for dora, who approves',
      'caution APPROVER_ADDED 16:49>16:41 "dora" may approve what cannot be undone on lane "train"',
      'caution APPROVER_REMOVED 16:49>16:41 "carl" may no longer approve on lane "train", which leaves "ana" and "dora"',
    ],
  },
  {
    name: 'an approval is typed, lasts longer and may be one’s own',
    edits: [
      ['via: forge, expires: 2h', 'via: cli, expires: 8h, requester_may_approve: true, while_waiting: hold'],
    ],
    says: [
      'danger APPROVAL_WEAKENED 16:67>16:67 an approval on lane "train" is typed instead of given at the forge: whoever can write the store can give it',
      'danger APPROVAL_WEAKENED 16:5>16:108 who asks for an approval on lane "train" may give it to themselves',
      'caution APPROVAL_WEAKENED 16:83>16:81 an approval on lane "train" is good for 8h instead of 2h',
      'caution APPROVAL_HOLDS 16:5>16:129 lane "train" stays held while an approval is waited for, and everybody else waits with it',
    ],
  },
  {
    name: 'an approval needs no signature',
    baseEdits: [
      [
        'carl: { forge: carl }',
        'carl: { forge: carl, signing_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r" }',
      ],
      ['by: [ana, carl], via: forge', 'by: [carl], signed: true'],
    ],
    edits: [['signed: true', 'signed: false']],
    says: [
      'danger APPROVAL_WEAKENED 16:65>16:65 an approval on lane "train" needs no signature any more: whoever can write the store can give it',
    ],
  },
  {
    name: 'people leave until one is alone',
    edits: [
      [
        'people: { ana: { forge: ana-acme }, carl: { forge: carl }, dora: {},',
        'people: { ana: { forge: ana-acme },',
      ],
      ['captains: [carl]', 'captains: [ana]'],
      ['holders: [ana, carl]', 'holders: [ana]'],
      ['by: [ana, carl]', 'by: [ana]'],
    ],
    says: [
      'danger APPROVAL_WEAKENED 9:3>9:3 who asks for an approval on lane "migration" may give it to themselves',
      'danger APPROVAL_WEAKENED 16:5>16:5 who asks for an approval on lane "train" may give it to themselves',
      'danger APPROVAL_WEAKENED 17:3>17:3 who asks for an approval on lane "docs" may give it to themselves',
      'caution CAPTAIN_ADDED 11:15>11:15 "ana" may reorder and pause the line of lane "migration" and take it from its holder',
      'caution CAPTAIN_REMOVED 11:15>11:15 "carl" may no longer steer lane "migration", which leaves "ana"',
      'caution APPROVER_ADDED 11:15>11:15 "ana" may approve what cannot be undone on lane "migration"',
      'caution APPROVER_REMOVED 11:15>11:15 "carl" may no longer approve on lane "migration", which leaves "ana"',
      'caution APPROVER_REMOVED 14:15>14:15 "carl" may no longer approve on lane "train", which leaves "ana"',
      'info PERSON_REMOVED 4:43>4:1 carl is no longer known by name, and neither captains, approves nor holds by it',
      'info PERSON_REMOVED 4:66>4:1 dora is no longer known by name, and neither captains, approves nor holds by it',
      'info HOLDERS_NARROWED 15:14>15:14 "carl" may no longer hold lane "train" without being assigned',
    ],
  },
  {
    name: 'work goes on without the store',
    edits: [['captains: [ana]\n    triggers', 'store_policy: open\n    captains: [ana]\n    triggers']],
    says: [
      'danger STORE_POLICY_OPENED 17:3>19:19 while the store cannot be reached, work that needs lane "docs" goes on, by as many at once as there are',
    ],
  },
  {
    name: 'a justification loses an incident and changes its signer',
    edits: [
      [
        '["https://acme.example/1", "https://acme.example/2"], signed',
        '["https://acme.example/1", "https://acme.example/9"], signed',
      ],
      ['captains: [ana]\n    triggers', 'captains: [ana, carl]\n    triggers'],
      ['signed_off_by: ana', 'signed_off_by: carl'],
    ],
    says: [
      'caution CAPTAIN_ADDED 19:15>19:15 "carl" may reorder and pause the line of lane "docs" and take it from its holder',
      'caution APPROVER_ADDED 19:15>19:15 "carl" may approve what cannot be undone on lane "docs"',
      'caution JUSTIFICATION_CHANGED 21:20>21:20 lane "docs" no longer rests on "https://acme.example/2"',
      'caution LANE_NOT_SIGNED_OFF 21:102>21:102 lane "docs" says it is signed off by carl, and neither a commit signed by them nor their approval at the forge shows it',
    ],
  },
  {
    name: 'batches are no longer tried',
    baseEdits: [
      [
        'use: rails_migrations',
        'batching: { dialect: rails, verify: bin/rails db:migrate }\n    triggers: { paths: [db/schema.rb] }\n    justification: { irreversible: true, signed_off_by: carl }',
      ],
    ],
    edits: [['{ dialect: rails, verify: bin/rails db:migrate }', '{ dialect: rails, max_changes: 20 }']],
    says: [
      'danger BATCHING_CHANGED 10:41>10:5 a batch of lane "migration" is no longer tried on a scratch database by "bin/rails db:migrate"',
      'caution BATCHING_CHANGED 10:5>10:46 a turn of lane "migration" may carry 20 changes instead of 8',
    ],
  },
]
