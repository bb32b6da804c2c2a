/** LanesConfig → the keys of lanes.yaml, in the order of the contract, for `explainEffective`. */
import { absent, duration, type Entries, map, mapOf, orAbsent, orInferred, value } from './effective-entry.ts'
import { trainEntries } from './effective-train-wire.ts'
import type { LaneConfig, LanesConfig, Person, Repo } from './lanes-config.ts'

export function entriesOfFile(config: LanesConfig): Entries {
  const { notify } = config
  return [
    ['version', value(1)],
    ['estate', value(config.estate)],
    ['store', value(config.store)],
    ['projects', value(config.projects, 'default: one, named like the estate')],
    ['people', mapOf(config.people, personEntries)],
    ['repos', mapOf(config.repos, repoEntries)],
    ['lanes', mapOf(config.lanes, laneEntries)],
    [
      'candidates',
      mapOf(config.candidates, ({ paths, incidents }) => [
        ['paths', value(paths)],
        ['incidents', value(incidents)],
      ]),
    ],
    ['trains', mapOf(config.trains, trainEntries)],
    ['tasks', config.tasks === null ? absent('in the store') : value(config.tasks)],
    [
      'notify',
      notify === null
        ? absent('nobody')
        : value('url' in notify ? { url: notify.url } : { command: notify.command }),
    ],
  ]
}

function personEntries(person: Person): Entries {
  return [
    ['kind', value(person.kind)],
    ['signing_key', orAbsent(person.signingKey, 'none')],
    ['forge', orAbsent(person.forge, 'none')],
  ]
}

function repoEntries(repo: Repo): Entries {
  const forge =
    repo.forge?.kind === 'github' && repo.forge.url !== null ? { github: repo.forge.url } : repo.forge?.kind
  return [
    ['remote', value(repo.remote)],
    ['path', orAbsent(repo.path, 'no local checkout is looked at')],
    ['main', orInferred(repo.main, "the remote's default branch")],
    ['forge', orInferred(forge ?? null, 'told from the remote')],
    ['setup', value(repo.setup)],
    ['checks', value(repo.checks)],
    ['env', value(repo.env)],
  ]
}

function laneEntries(lane: LaneConfig): Entries {
  const { approval, batching, justification } = lane
  return [
    ...(lane.use === null ? [] : [['use', value(lane.use)] as const]),
    ['purpose', lane.purpose === '' ? absent('not said') : value(lane.purpose)],
    ['scope', value(lane.scope)],
    ['limit', value(lane.limit)],
    ['order', value(lane.order)],
    ['when_held', value(lane.whenHeld)],
    [
      'lease',
      map([
        ['ttl', duration(lane.lease.ttlMs)],
        ['renew', duration(lane.lease.renewMs)],
        ['margin', duration(lane.lease.marginMs)],
      ]),
    ],
    [
      'waiting',
      map([
        ['ttl', duration(lane.waiting.ttlMs)],
        ['max', value(lane.waiting.max)],
        ['accept', duration(lane.waiting.acceptMs)],
      ]),
    ],
    ['takeover_delay', duration(lane.takeoverDelayMs, 'default: 2 × renew + margin')],
    ['captains', value(lane.captains)],
    ['holders', orAbsent(lane.holders, 'everybody')],
    [
      'triggers',
      map([
        ['flags', value(lane.triggers.flags)],
        ['paths', value(lane.triggers.paths)],
        ['commands', value(lane.triggers.commands)],
        ['actions', value(lane.triggers.actions)],
        ['repos', orAbsent(lane.triggers.repos, 'every repo')],
      ]),
    ],
    [
      'approval',
      approval === null
        ? value('none')
        : map([
            ['actions', value(approval.actions, 'default: every irreversible action')],
            [
              'by',
              approval.by.length === 0
                ? absent('the captains; there are none')
                : value(approval.by, 'default: the captains'),
            ],
            ['signed', value(approval.signed)],
            ['via', value(approval.via)],
            ...(approval.via === 'forge'
              ? [
                  [
                    'issue',
                    orAbsent(
                      approval.issue === null ? null : `${approval.issue.repo}#${approval.issue.number}`,
                      "one per plan, in the producer's repo",
                    ),
                  ] as const,
                ]
              : []),
            ['expires', duration(approval.expiresMs)],
            [
              'requester_may_approve',
              value(approval.requesterMayApprove, 'default: only who is alone in people'),
            ],
            ['while_waiting', value(approval.whileWaiting)],
          ]),
    ],
    [
      'batching',
      batching === null
        ? absent('none')
        : map([
            ['dialect', value(batching.dialect)],
            ['density_warning', value(`${Number((batching.densityWarning * 100).toFixed(6))}%`)],
            ['max_changes', value(batching.maxChanges)],
            ['risk_per_turn', value(batching.riskPerTurn)],
            ['statistics', orAbsent(batching.statistics, 'none')],
            ['verify', orAbsent(batching.verify, 'none')],
          ]),
    ],
    [
      'justification',
      justification === null
        ? absent(lane.use === null ? 'none' : 'not needed with a preset')
        : map([
            ['incidents', value(justification.incidents)],
            ['irreversible', value(justification.irreversible)],
            ['signed_off_by', value(justification.signedOffBy)],
          ]),
    ],
    ['store_policy', value(lane.storePolicy)],
  ]
}
