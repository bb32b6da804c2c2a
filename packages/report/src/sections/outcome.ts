/** What became of commits and packages. */
import type { RunRecord } from '@conduct/core'
import { code, commit, link, plain } from '../cells.ts'
import type { Cell, Section } from '../model.ts'

export function commitsSection({ plan, adopted, deployed }: RunRecord): Section {
  const repos = plan?.repos ?? []
  return {
    title: 'Commits',
    note: 'Frozen is the commit that was surveyed and checked; adopted is what was put on top of it.',
    isFolded: true,
    columns: ['repo', 'role', 'frozen', 'adopted', 'deployed'],
    rows: repos.map(({ repo, commit: frozen }) => {
      const adoption = adopted.findLast((one) => one.repo === repo)
      const deploy = deployed.findLast((one) => one.repo === repo)
      return [
        plain(repo),
        plain(repo === plan?.basis.producer.repo ? 'producer' : 'consumer'),
        adoption === undefined || adoption.surveyed.length < 2 ? commit(frozen) : surveyed(adoption.surveyed),
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

/** More than one means that main moved meanwhile and the repo was looked at again. */
function surveyed(commits: readonly string[]): Cell {
  const short = commits.map((id) => id.slice(0, 12)).join(', then ')
  return { text: `${short} (its main moved meanwhile)`, full: commits.join(', '), tone: 'waiting' }
}
