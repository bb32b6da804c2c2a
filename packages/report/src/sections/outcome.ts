/** What became of commits, packages, lockfiles and apps. */
import type { Deployed, RunRecord } from '@conduct/core'
import { code, commit, link, plain } from '../cells.ts'
import type { Cell, Section } from '../model.ts'

export function commitsSection({ plan, adopted, deployed }: RunRecord): Section {
  const repos = plan?.repos ?? []
  return {
    title: 'Commits',
    note: 'Frozen is the commit that was surveyed and checked; adopted is what was pushed on top of it.',
    columns: ['repo', 'role', 'frozen', 'adopted', 'deployed'],
    rows: repos.map(({ repo, commit: frozen }) => {
      const adoption = adopted.findLast((one) => one.repo === repo)
      const deploy = deployed.findLast((one) => one.repo === repo)
      return [
        plain(repo),
        plain(repo === plan?.basis.producer.repo ? 'producer' : 'consumer'),
        commit(frozen),
        commit(adoption?.commit ?? null, 'nothing'),
        deploy === undefined || deploy.verified === 'nothing_dispatched'
          ? plain('nothing', 'quiet')
          : commit(deploy.sha),
      ]
    }),
    empty: 'No repository was surveyed yet.',
  }
}

export function publishedSection({ plan, published, state }: RunRecord): Section {
  const missing = (plan?.basis.catchUp === true ? [] : (plan?.basis.packages ?? [])).filter(
    (planned) => !published.some((one) => one.package === planned.name),
  )
  const isDeprecated = published.some((one) => one.deprecated !== null)
  return {
    title: 'Published',
    note:
      plan?.basis.catchUp === true
        ? 'A catch-up train: the version was live before, nothing is published.'
        : null,
    columns: ['package', 'version', 'integrity', 'registry', 'tag', ...(isDeprecated ? ['deprecated'] : [])],
    rows: [
      ...published.map((one): Cell[] => [
        code(one.package),
        code(one.version),
        code(one.integrity),
        link(one.registry),
        one.tag === null ? plain('not tagged', 'quiet') : code(one.tag),
        ...(isDeprecated
          ? [one.deprecated === null ? plain('no', 'quiet') : plain(one.deprecated, 'waiting')]
          : []),
      ]),
      ...missing.map((one): Cell[] => [
        code(one.name),
        code(one.version),
        plain(state === 'done' ? 'not published by this run' : 'not published yet', 'waiting'),
        link(one.registry),
        one.tag === null ? plain('not tagged', 'quiet') : plain(`${one.tag} (planned)`, 'quiet'),
        ...(isDeprecated ? [plain('no', 'quiet')] : []),
      ]),
    ],
    empty: 'Nothing was published.',
  }
}

export function adoptedSection({ adopted }: RunRecord): Section {
  const isReverted = adopted.some((one) => one.reverted !== null)
  return {
    title: 'Adopted',
    note: null,
    columns: [
      'repo',
      'package',
      'from',
      'to',
      'commit',
      'pull request',
      'surveyed at',
      ...(isReverted ? ['reverted in'] : []),
    ],
    rows: adopted.map((one) => [
      plain(one.repo),
      code(one.package),
      adoptedFrom(one),
      code(one.to),
      commit(one.commit),
      link(one.pullRequest, 'none: pushed'),
      surveyed(one.surveyed),
      ...(isReverted ? [commit(one.reverted, 'not reverted')] : []),
    ]),
    empty: 'Nothing was adopted.',
  }
}

function adoptedFrom({ from, to }: RunRecord['adopted'][number]): Cell {
  if (from === null) return plain('not there', 'quiet')
  return from === to ? plain('there already', 'quiet') : code(from)
}

/** Every commit: more than one means that main moved meanwhile and the repo was looked at again. */
function surveyed(commits: readonly string[]): Cell {
  const short = commits.map((id) => id.slice(0, 12)).join(', then ')
  return commits.length > 1
    ? { text: `${short} (its main moved meanwhile)`, full: commits.join(', '), tone: 'waiting' }
    : { text: short, full: commits.join(', '), isCode: true }
}

export function deployedSection({ deployed }: RunRecord): Section {
  const isRolledBack = deployed.some((one) => one.rollback !== null)
  return {
    title: 'Deployed and verified',
    note: 'Verified compares what runs with what was meant to run, in several reads.',
    columns: isRolledBack
      ? ['repo', 'target', 'deployed', 'before', 'verified', 'rolled back', 'now']
      : ['repo', 'target', 'now', 'before', 'verified'],
    rows: deployed.map((one) => [
      plain(one.repo),
      plain(one.target),
      one.verified === 'nothing_dispatched' ? plain('nothing dispatched', 'quiet') : commit(one.sha),
      commit(one.previousSha, 'first deploy, or not known'),
      verification(one.verified),
      ...(isRolledBack ? [rolledBack(one.rollback), runsNow(one)] : []),
    ]),
    empty: 'Nothing was deployed.',
  }
}

function verification(verified: Deployed['verified']): Cell {
  switch (verified) {
    case 'yes':
      return plain('yes', 'good')
    case 'no':
      return plain('no', 'bad')
    case 'inconclusive':
      return plain('inconclusive', 'unknown')
    case 'nothing_dispatched':
      return plain('nothing was dispatched', 'quiet')
    default:
      return plain(verified satisfies never)
  }
}

function rolledBack(rollback: Deployed['rollback']): Cell {
  if (rollback === null) return plain('no', 'quiet')
  switch (rollback.outcome) {
    case 'rolled_back':
      return plain('yes', 'waiting')
    case 'failed':
      return plain('tried, and failed', 'bad')
    case 'unknown':
      return plain('begun; how it ended is not known', 'unknown')
    default:
      return plain(rollback.outcome satisfies never)
  }
}

/** What the target runs as far as it was read; a deploy that nobody verified is not claimed to run. */
function runsNow({ sha, verified, rollback }: Deployed): Cell {
  if (verified === 'nothing_dispatched') return plain('not looked at', 'quiet')
  if (rollback !== null) {
    return rollback.running === null ? plain('not known', 'unknown') : commit(rollback.running)
  }
  return verified === 'yes' ? commit(sha) : plain('not known', 'unknown')
}
