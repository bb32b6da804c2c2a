import { phaseNames, type PhaseName } from '@conduct/core'
import { rows, text, type Topic, typed } from '../topic.ts'

const phaseBriefs = {
  claim: 'take the lane for exactly the repos of the train, or join the line',
  survey: 'freeze one commit per repo',
  preflight: 'every check over every repo; the plan that comes of it',
  check: 'the checks of the producer; what it packs is tried in every consumer',
  approve: 'somebody who may has approved exactly this plan',
  publish: 'to the registry, in the order of dependencies; tags after the proof',
  await: 'until those who install can see it',
  adopt: 'manifest and lockfile of each consumer, in one commit or pull request',
  configure: 'settings of providers and environment variables',
  deploy: 'what was adopted',
  verify: 'what answers is what was deployed',
  report: 'write down the end, and hand the lane to the next in line',
} as const satisfies Record<Exclude<PhaseName, 'undo'>, string>

export const trains: Topic = {
  name: 'trains',
  brief: 'how a release travels from a library to the apps that use it',
  commands: ['plan', 'run', 'status', 'report', 'compensate'],
  blocks: () => [
    text(
      'A train is a named route: the producer (the repo that publishes) and its consumers (the repos that depend on it), with their deploys. A run is one journey, in these phases:',
    ),
    rows(...phaseNames.map((name, index) => [`${index + 1} ${name}`, phaseBriefs[name]] as const)),
    text(
      'Up to approve it only looks. Each effect after that compares the world with what the plan expects: at the goal already is a recorded no-op; neither expected nor goal stops the run, names what moved, and changes nothing. Your checkouts are looked at and never changed: all work happens in private mirrors and worktrees.',
    ),
    typed(
      'conduct plan engine          # what would happen, and what is in its way',
      'conduct run engine',
      'conduct status',
      'conduct rehearse             # all of it on a throwaway estate',
    ),
  ],
}

export const resuming: Topic = {
  name: 'resuming',
  brief: 'what to do with a run that stopped, however it stopped',
  commands: ['resume', 'abort', 'compensate', 'status'],
  blocks: () => [
    text(
      'Every run has a journal in the store. resume starts from it and looks before it does anything: each version is published once, each deploy is made once, each lockfile is committed once, also after kill -9, and also from another machine.',
    ),
    rows(
      ['conduct status <run>', 'how far it came, and why it stopped'],
      ['conduct resume <run>', 'go on; it asks for the lane first'],
      ['conduct resume <run> --replan', 'go on by a new plan where the world has moved on'],
      ['conduct abort <run> --reason …', 'end it without undoing anything'],
      ['conduct compensate <run>', 'the way back as it was planned before the start; with --yes, take it'],
    ),
    text(
      'What nobody can know (OUTCOME_UNKNOWN: something was sent and no answer came) is never done a second time by conduct; the hint says what a person looks at. A lane that a stopped run has kept goes to the next conductor only with --acknowledge <run>.',
    ),
  ],
}

export const approvals: Topic = {
  name: 'approvals',
  brief: 'who may say yes to a plan, and what exactly they say yes to',
  commands: ['approve', 'deny', 'run', 'resume'],
  blocks: () => [
    text(
      'An approval is bound to the hash of one plan: what is published from which commit, who adopts and deploys it. When any of that changes, the approval is void. lanes.yaml says for each lane who may approve (approval: by) and for how long it counts (expires).',
    ),
    rows(
      ['attributed', 'the default: whoever types it says who they are. A record, not a proof'],
      ['signed: true', 'an SSH signature with the key that people.<name>.signing_key lists'],
      ['via: forge', 'a comment in an issue or a review at the forge, by an account that lanes.yaml lists'],
    ),
    text(
      'Nobody approves what they asked for themselves unless lanes.yaml says requester_may_approve. An agent never approves. Whoever may not approve can still ask: the run stops with exit 6, and its last line is what the approver types.',
    ),
    typed('conduct approve 172d685c --note "after the freeze"', 'conduct doctor approval'),
  ],
}
