import { base, type Pair } from './pair.ts'

const deploy = base.slice(base.indexOf('        deploy:\n'))
const step = (name: string, more: string): string =>
  `{ via: pull_request }\n        configure: [{ name: ${name}, action: env_var, observe: bin/get, expect: [""], goal: "on", apply: bin/set${more} }]`
const consumer = '      - repo: shop\n'

/** How a release travels. */
export const trainPairs: readonly Pair[] = [
  {
    name: 'a deploy is no longer verified',
    edits: [['          verify: { url: "https://shop.example/version", expect: { text: "{sha}" } }\n', '']],
    says: [
      'danger DEPLOY_UNVERIFIED 36:19>32:9 train "engine" deploys shop, and nobody looks any more whether the new version runs',
    ],
  },
  {
    name: 'a deploy is verified less closely',
    edits: [['expect: { text: "{sha}" } }', 'expect: { text: "{version}" }, reads: 1, within: 1h }']],
    says: [
      'caution VERIFY_CHANGED 36:19>36:19 how a deploy of shop is verified is another: 1 instead of 3 reads have to agree; it may take 1h; it expects another answer',
    ],
  },
  {
    name: 'a consumer no longer adopts',
    edits: [['{ via: pull_request }', 'none']],
    says: [
      'caution ADOPTION_DROPPED 31:16>31:16 shop no longer adopts what train "engine" publishes: it is deployed with the version it has',
    ],
  },
  {
    name: 'a consumer adopts without a pull request and has no way back',
    edits: [
      ['{ via: pull_request }', '{ via: push }'],
      ['          previous: bin/deploy --current\n', ''],
      ['          rollback: bin/deploy {previous_sha}\n', ''],
    ],
    says: [
      'caution ADOPTION_UNREVIEWED 31:16>31:16 a new version reaches the main branch of shop by a push instead of a pull request',
      'caution WAY_BACK_DROPPED 34:21>32:9 nobody sees any more what runs in shop before a deploy, so that it is neither compared nor brought back',
      'caution WAY_BACK_DROPPED 35:21>32:9 there is no way back from a deploy of shop any more',
    ],
  },
  {
    name: 'a deploy is another, and one is dropped',
    edits: [['run: bin/deploy {sha}', 'run: bin/ship {sha}\n          timeout: 1h']],
    says: [
      'caution DEPLOY_CHANGED 33:16>33:16 shop is deployed by bin/ship {sha} instead of by bin/deploy {sha}',
      'info VALUE_CHANGED 32:9>34:20 trains.engine.consumers.0.deploy.timeout is 1h instead of 30m',
    ],
  },
  {
    name: 'a consumer is no longer deployed',
    edits: [[deploy, '']],
    says: [
      'caution DEPLOY_DROPPED 32:9>30:9 train "engine" no longer deploys shop: what it adopts does not run until somebody else deploys it',
    ],
  },
  {
    name: 'a consumer comes that nobody verifies, before the one that was there',
    edits: [
      [consumer, `      - repo: engine\n        adopt: none\n        deploy: { run: bin/up }\n${consumer}`],
    ],
    says: [
      'caution DEPLOY_UNVERIFIED 30:9>32:17 train "engine" deploys engine, and nobody looks whether the new version runs',
      'info CONSUMER_ADDED 29:5>30:9 engine gets what train "engine" publishes',
    ],
  },
  {
    name: 'another train, another lane, another label',
    edits: [
      [
        '    blocking_label: release-blocker\n',
        '    accept_unknown: [ci]\n    on_consumer_failure: continue\n',
      ],
      ['producer: { repo: engine }', 'producer: { repo: engine, publish: { workflow: release.yml } }'],
    ],
    says: [
      'danger UNKNOWN_ACCEPTED 25:3>27:21 train "engine" goes on where nobody can tell whether "ci" is green',
      'caution BLOCKER_DROPPED 27:21>25:3 an issue labelled "release-blocker" no longer stops train "engine"',
      'caution FAILURE_IGNORED 25:3>28:26 when a consumer of train "engine" fails, all others go on',
      'caution PRODUCER_CHANGED 28:5>29:40 what train "engine" publishes, or how, is another: by the workflow release.yml instead of what its manifests say',
    ],
  },
  {
    name: 'one step of configuration goes, and one comes that cannot be taken back',
    baseEdits: [['{ via: pull_request }', step('old', ', undo: bin/unset')]],
    edits: [[step('old', ', undo: bin/unset'), step('new', '')]],
    says: [
      'caution CONFIGURE_CHANGED 32:20>32:20 train "engine" no longer sets "old" of shop',
      'caution CONFIGURE_CHANGED 32:20>32:21 train "engine" sets "new" of shop, and cannot take it back',
    ],
  },
]
