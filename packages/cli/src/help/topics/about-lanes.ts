import { rows, text, type Topic, typed } from '../topic.ts'

export const lanes: Topic = {
  name: 'lanes',
  brief: 'what may happen only one at a time, and how to take your turn',
  commands: ['lane acquire', 'lane show', 'lane release', 'exec'],
  blocks: () => [
    text(
      'A lane is a named right to change one class of shared state: the schema, what is published, what is deployed. lanes.yaml declares them. A limited number of holders has a lane at a time (nearly always one) per resource: a repo, a project, or the whole lane. Whoever comes later stands in a line that everybody can see.',
    ),
    typed(
      'conduct lane list',
      'conduct lane acquire schema --repo shop --task ABC-12',
      'conduct lane show schema',
      'conduct lane release schema',
      'conduct exec schema --repo shop -- ./migrate   # hold it while that runs',
    ),
    text(
      'Held is an answer, not an error: exit 10, who holds it, since when, for what, your place in line and an estimate. That the store cannot be reached is another answer: exit 30, and nothing is known. Every claim ends in exactly one named outcome.',
    ),
    rows(
      ['--wait', 'stay until it is yours; --wait-max 15m says for how long'],
      ['--no-queue', 'take it now or not at all'],
      ['--keep', 'renewed as long as the shell or agent that typed it lives, 12 hours at most'],
      ['--until-merged shop#42', 'keep it while that pull request is open'],
    ),
    text(
      'A captain may reorder and pause a line and take a lane away by force. Captaincy prevents accidents; it is no protection against whoever can write to the store.',
    ),
  ],
}

export const fencing: Topic = {
  name: 'fencing',
  brief: 'why a lease that lapsed does no harm',
  commands: ['lane show', 'lane force-release', 'exec'],
  blocks: () => [
    text(
      'A lease has a deadline. Who is paused, asleep or cut off may not renew it in time, and after its time somebody else gets the lane. Two things keep both from acting at once.',
    ),
    rows(
      [
        'the holder stops first',
        'its own deadline is earlier than the time at which anybody may take over, and is looked at right before each effect. exec stops its command before that, also when conduct itself is killed',
      ],
      [
        'the fencing token',
        'every grant of a resource carries a whole number greater than all before it. A target that compares refuses what comes with an older one',
      ],
    ),
    text(
      'Under exec the command finds CONDUCT_CLAIM and CONDUCT_TOKEN in its environment: hand the token to whatever you change, if it can compare. A target that cannot compare is protected by the deadline alone. A lost lease is exit 11, and no effect was started after that.',
    ),
    typed('conduct exec deploy --repo shop -- sh -c \'bin/deploy --token "$CONDUCT_TOKEN"\''),
  ],
}

export const stores: Topic = {
  name: 'stores',
  brief: 'where lanes, plans, approvals and runs live',
  commands: ['doctor', 'lane export', 'lane import', 'lane recover'],
  blocks: () => [
    text(
      'One store, named by store: in lanes.yaml. All four kinds give the same answers; a run that was begun on one machine is resumed on another that reaches the same store.',
    ),
    rows(
      ['sqlite', 'the default: one machine, nothing to set up'],
      ['postgres://lanes@db.acme.example/conduct', 'a team, a fleet of agents; also behind a pooler'],
      ['s3://bucket/prefix?region=eu-central-1', 'jobs and bots that share only a bucket'],
      ['git+ssh://git@host/acme/lanes.git', 'no server at all: refs below refs/conduct/ in a repository'],
    ),
    text(
      'A store whose conditional writes do not hold is refused (STORE_LIES). Passwords do not belong into lanes.yaml: Postgres and S3 take theirs from the environment, git from its own credentials. Postgres and S3 need their client beside conduct: npm install pg, or @aws-sdk/client-s3.',
    ),
    typed('conduct doctor store'),
  ],
}
