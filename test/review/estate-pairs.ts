import { type Pair, someoneIn, unasked } from './pair.ts'

/** What is around the lanes: store, projects, people, repos, candidates. */
export const estatePairs: readonly Pair[] = [
  {
    name: 'another store while a lane is held',
    edits: [['sqlite:/srv/a.db', 'postgres://db.acme.example/conduct']],
    evidence: { lanes: someoneIn('migration') },
    says: [
      'danger STORE_CHANGED 3:8>3:8 lanes, plans, runs and work items are looked for in another store: what is in the old place stays there, with all tokens and history; 1 claim is held there and 1 waits, and somebody else can be granted the same here',
      '- migration: Held by cli:dora@mill since 2026-11-21T09:00:00Z (shop)',
      '- migration: Waited for by agent:fleet-3 since 2026-11-21T10:00:00Z (shop)',
    ],
  },
  {
    name: 'another store while nobody holds anything',
    edits: [['sqlite:/srv/a.db', 'sqlite:/srv/b.db']],
    says: [
      'caution STORE_CHANGED 3:8>3:8 lanes, plans, runs and work items are looked for in another store: what is in the old place stays there, with all tokens and history; nobody holds or waits there now',
    ],
  },
  {
    name: 'another estate, and the store cannot be asked',
    edits: [['estate: acme', 'estate: acme2']],
    evidence: { lanes: [...unasked('migration'), ...unasked('train'), ...unasked('docs')] },
    says: [
      'danger STORE_CHANGED 2:9>2:9 the estate is called "acme2" instead of "acme", and its keys in the store with it: what is in the old place stays there, with all tokens and history; who holds something there could not be asked',
      '- The store could not be asked: postgres says no',
      'info VALUE_CHANGED 1:1>1:1 projects is ["acme2"] instead of ["acme"]',
    ],
  },
  {
    name: 'a project goes that a claim is about',
    baseEdits: [
      ['people:', 'projects: [web, shop]\npeople:'],
      ['captains: [ana]\n    triggers', 'scope: project\n    captains: [ana]\n    triggers'],
    ],
    edits: [['[web, shop]', '[web, app]']],
    evidence: { lanes: someoneIn('docs') },
    says: [
      'danger PROJECT_REMOVED 4:11>4:11 "shop" is no project any more, and 2 claims are about it',
      'info PROJECT_ADDED 4:11>4:11 "app" can be held beside the other projects, by "docs"',
    ],
  },
  {
    name: 'a candidate is dropped and another one counted',
    edits: [['  seeds: { paths: ["db/seeds/**"]', '  fixtures: { paths: ["test/fixtures/**"]']],
    says: [
      'caution CANDIDATE_DROPPED 23:10>22:1 conflicts in the candidate "seeds" are no longer counted, though it has 2 incidents',
      'info CANDIDATE_ADDED 22:1>23:13 conflicts in "fixtures" are counted from now on; nobody is stopped by it',
    ],
  },
  {
    name: 'who people are to the forge, and what an agent is',
    edits: [
      ['ana-acme', 'ana-new'],
      ['fleet: { kind: agent }', 'fleet: {}'],
      [
        'dora: {}',
        'dora: { signing_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r" }',
      ],
    ],
    says: [
      'danger FORGE_LOGIN_CHANGED 4:25>4:25 "ana-new" at the forge is taken for ana instead of "ana-acme", who approves',
      'danger AGENT_BECAME_PERSON 4:85>4:166 fleet counts as a person instead of an agent, so that it may approve',
      'caution SIGNING_KEY_CHANGED 4:60>4:80 whoever has the signing key of dora signs as dora',
    ],
  },
  {
    name: 'a repo moves, loses its checks and its forge, and sees a variable',
    edits: [
      [
        '"git@x:engine.git", checks: [pnpm test, pnpm lint]',
        '"git@y:engine.git", main: release, forge: none, env: [NPM_TOKEN]',
      ],
    ],
    says: [
      'danger CHECKS_DROPPED 6:49>6:3 "pnpm test" and "pnpm lint" no longer have to pass in engine, nor has anything else',
      'caution REPO_MOVED 6:21>6:21 trains fetch engine from git@y:engine.git and push there instead of git@x:engine.git',
      'caution REPO_MOVED 6:3>6:47 the branch that trains release and push in engine is "release" instead of the remote\'s default',
      'caution FORGE_DROPPED 6:3>6:63 nobody asks the forge of engine any more: neither for the verdict of its CI nor for rules of its branches',
      'caution VARIABLE_PASSED 6:3>6:74 every command in engine sees the value of "NPM_TOKEN"',
    ],
  },
  {
    name: 'a repo leaves',
    baseEdits: [['lanes:\n', '  old: { remote: "git@x:old.git" }\nlanes:\n']],
    edits: [['  old: { remote: "git@x:old.git" }\n', '']],
    says: [
      'caution REPO_REMOVED 8:8>5:1 "old" is no repo of this estate any more: no train reaches it, and no claim can be about it',
    ],
  },
  {
    name: 'work items are kept at the forge, somebody is told, and a setup is new',
    edits: [
      [
        'trains:',
        'tasks: { repo: shop, states: [todo, doing, done] }\nnotify: { command: bin/tell }\ntrains:',
      ],
      ['"git@x:shop.git"', '"git@x:shop.git", setup: [npm ci], forge: github'],
    ],
    says: [
      'caution TASKS_MOVED 1:1>24:8 work items are now issues of shop instead of in the store: those there are not taken along, nor are the lanes that they hold',
      'info VALUE_CHANGED 7:3>7:44 repos.shop.setup is ["npm ci"] instead of []',
      'info VALUE_CHANGED 7:3>7:61 repos.shop.forge is {"kind":"github","url":null} instead of none',
      'info VALUE_CHANGED 1:1>25:9 notify is {"command":"bin/tell"} instead of none',
    ],
  },
]
