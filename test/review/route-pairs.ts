import { base, type Pair } from './pair.ts'

const deploys = base.slice(base.indexOf('        deploy:\n'))
const consumers = base.slice(base.indexOf('    consumers:\n'))
const train = base.slice(base.indexOf('trains:\n'))
const admin: Pair['edits'] = [
  [
    '  shop: { remote: "git@x:shop.git" }\n',
    '  shop: { remote: "git@x:shop.git" }\n  admin: { remote: "git@x:admin.git" }\n',
  ],
]
const adminAfter = (after: string): string =>
  `      - repo: admin\n${after}        adopt: none\n        deploy: { strategy: none }\n`
const setting = (undo: string): string =>
  `{ via: pull_request }\n        configure: [{ name: key, action: env_var, observe: bin/get, expect: [""], goal: "on", apply: bin/set${undo} }]`

/** Who travels, on which lane, in which order, and with which way back. */
export const routePairs: readonly Pair[] = [
  {
    name: 'somebody new is listed',
    edits: [['dora: {}', 'dora: {}, eve: {}']],
    says: ['info PERSON_ADDED 4:1>4:75 eve is known by name, as a person'],
  },
  {
    name: 'a lane is closed again while the store cannot be reached',
    baseEdits: [['    captains: [carl]\n', '    captains: [carl]\n    store_policy: open\n']],
    edits: [['    store_policy: open\n', '']],
    says: [
      'info STORE_POLICY_CLOSED 12:19>9:3 while the store cannot be reached, work that needs lane "migration" is refused',
    ],
  },
  {
    name: 'a train is gone',
    edits: [[train, '']],
    says: [
      'caution TRAIN_REMOVED 25:3>1:1 train "engine" is gone: a run of it that is not finished can not be resumed by this file',
    ],
  },
  {
    name: 'a train travels on another lane',
    baseEdits: [['  docs:\n', '  other_train: { use: release_train, captains: [ana] }\n  docs:\n']],
    edits: [['lane: train', 'lane: other_train']],
    says: [
      'caution TRAIN_LANE_CHANGED 27:11>27:11 train "engine" travels under lane "other_train" instead of "train": a run that is under way does not keep out the next one',
    ],
  },
  {
    name: 'a consumer no longer waits for another',
    baseEdits: [...admin, [deploys, `${deploys}${adminAfter('        after: [shop]\n')}`]],
    edits: [['        after: [shop]\n', '']],
    says: [
      'caution CONSUMER_ORDER_CHANGED 39:16>38:9 admin no longer waits until train "engine" is through with "shop"',
    ],
  },
  {
    name: 'a train has one consumer less',
    baseEdits: [...admin, [consumers, `${consumers}${adminAfter('')}`]],
    edits: [[adminAfter(''), '']],
    says: [
      'caution CONSUMER_REMOVED 38:9>30:5 admin no longer gets what train "engine" publishes: it stays at the version it has',
    ],
  },
  {
    name: 'a setting can no longer be taken back',
    baseEdits: [['{ via: pull_request }', setting(', undo: bin/unset')]],
    edits: [[', undo: bin/unset', '']],
    says: [
      'caution UNDO_DROPPED 32:117>32:23 "key" of shop cannot be taken back any more and counts as irreversible',
    ],
  },
  {
    name: 'a failed verification no longer rolls back by itself',
    baseEdits: [['          rollback:', '          on_failed_verify: automatic\n          rollback:']],
    edits: [['          on_failed_verify: automatic\n', '']],
    says: [
      'caution ROLLBACK_OFFERED 35:29>32:9 a deploy of shop that fails its verification stays until somebody takes it back',
    ],
  },
]
