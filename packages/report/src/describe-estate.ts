/** The estate at a glance: every consumer against what is published, locked and deployed, and who is behind. */
import type { RunState } from '@conduct/core'
import { code, commit, count, listed, plain, showTime } from './cells.ts'
import type { Cell, Report, Section } from './model.ts'

/** What `conduct status` gathers; the conductor's EstateStatus has this shape. */
export interface EstateInput {
  readonly estate: string
  readonly configCommit: string | null
  readonly trains: readonly TrainInput[]
  readonly lanes: readonly {
    readonly lane: string
    readonly holders: readonly string[]
    readonly waiting: number
  }[]
  readonly runs: readonly {
    readonly run: string
    readonly train: string
    readonly state: RunState
    readonly startedAt: string
    readonly stop: string | null
  }[]
  readonly forge: readonly ForgeInput[]
}

interface ForgeInput {
  readonly repo: string
  readonly notAsked: string | null
  readonly checks: { readonly verdict: string; readonly detail: string } | null
  readonly pullRequests: readonly AtForgeInput[] | null
  readonly blocking: readonly AtForgeInput[] | null
  readonly unknown: readonly string[]
}

interface AtForgeInput {
  readonly number: number
  readonly url: string
  readonly title: string
}

interface TrainInput {
  readonly train: string
  readonly producer: string
  /** Why its packages are not known; null: they are. */
  readonly unknown: string | null
  readonly packages: readonly {
    readonly name: string
    readonly inManifest: string
    readonly published: string | null
    readonly unknown: string | null
  }[]
  readonly consumers: readonly {
    readonly repo: string
    readonly head: string | null
    readonly locked: readonly { readonly package: string; readonly version: string | null }[]
    readonly deployed: string | null
    readonly isBehind: boolean | null
    readonly unknown: string | null
  }[]
}

export function describeEstate(status: EstateInput, options: { readonly next?: string | null } = {}): Report {
  const consumers = status.trains.flatMap((train) => train.consumers)
  const behind = consumers.filter((consumer) => consumer.isBehind === true)
  const unknown = consumers.filter((consumer) => consumer.isBehind === null)
  const isUnread = status.trains.some((train) => train.unknown !== null)
  const isOpen = unknown.length > 0 || isUnread
  return {
    title: `Estate ${status.estate}`,
    headline: headlineOf({
      behind: behind.map(({ repo }) => repo),
      unknown: unknown.length,
      consumers: consumers.length,
    }),
    tone: behind.length > 0 ? 'waiting' : isOpen ? 'unknown' : 'good',
    state: behind.length > 0 ? 'behind' : isOpen ? 'unknown' : 'up to date',
    figures: [],
    facts: [
      { label: 'Estate', value: plain(status.estate) },
      {
        label: 'lanes.yaml',
        value: commit(status.configCommit, 'outside any repository with a remote: used as it stands'),
      },
    ],
    alert: null,
    journey: [],
    timeline: null,
    matrix: null,
    sections: [
      packagesSection(status.trains),
      consumersSection(status.trains),
      ...(status.forge.length === 0 ? [] : [forgeSection(status)]),
      lanesSection(status),
      runsSection(status),
    ],
    next: options.next ?? null,
  }
}

function headlineOf({
  behind,
  unknown,
  consumers,
}: {
  behind: readonly string[]
  unknown: number
  consumers: number
}): string {
  const known = consumers - unknown
  const first =
    behind.length === 0
      ? `${known === 0 ? 'No' : known} of ${count(consumers, 'consumer')} could be compared${known === 0 ? '' : ', all up to date'}`
      : `${listed([...new Set(behind)])} ${behind.length === 1 ? 'is' : 'are'} behind`
  return `${consumers === 0 ? 'No train has consumers' : first}${unknown > 0 && behind.length > 0 ? `; ${unknown} of ${consumers} could not be compared` : ''}.`
}

function packagesSection(trains: readonly TrainInput[]): Section {
  return {
    title: 'Published',
    note: null,
    columns: ['train', 'package', 'in the manifest', 'published'],
    rows: trains.flatMap(({ train, producer, unknown, packages }) => [
      ...(unknown === null
        ? []
        : [[plain(train), plain(producer), plain('not read', 'unknown'), plain(unknown, 'unknown')]]),
      ...packages.map((one): Cell[] => [
        plain(train),
        code(one.name),
        code(one.inManifest),
        one.published === null
          ? plain(one.unknown ?? 'nothing', one.unknown === null ? 'quiet' : 'unknown')
          : code(one.published),
      ]),
    ]),
    empty: 'No train publishes a package.',
  }
}

function consumersSection(trains: readonly TrainInput[]): Section {
  return {
    title: 'Consumers',
    note: null,
    columns: ['train', 'consumer', 'main', 'locked', 'deployed', 'up to date'],
    rows: trains.flatMap(({ train, consumers }) =>
      consumers.map((one): Cell[] => [
        plain(train),
        plain(one.repo),
        commit(one.head, 'not known'),
        plain(
          one.locked.map(({ package: name, version }) => `${name} ${version ?? 'not locked'}`).join(', '),
        ),
        commit(one.deployed, 'not known'),
        one.isBehind === null
          ? plain(one.unknown ?? 'unknown', 'unknown')
          : plain(one.isBehind ? 'behind' : 'yes', one.isBehind ? 'waiting' : 'good'),
      ]),
    ),
    empty: 'No train has consumers.',
  }
}

function forgeSection({ forge }: EstateInput): Section {
  const items = (shown: readonly AtForgeInput[] | null): Cell =>
    shown === null
      ? plain('', 'quiet')
      : plain(
          shown.length === 0 ? 'none' : shown.map(({ number, title }) => `#${number} ${title}`).join(', '),
        )
  return {
    title: 'At the forge',
    note: null,
    columns: ['repo', 'checks of main', 'open pull requests of runs', 'blocking a release'],
    rows: forge.map((one): Cell[] => [
      plain(one.repo),
      one.notAsked === null ? checksCell(one) : plain(`not asked: ${one.notAsked}`, 'unknown'),
      items(one.pullRequests),
      one.blocking === null && one.checks !== null && one.unknown.length > 0
        ? plain(one.unknown.join('; '), 'unknown')
        : items(one.blocking),
    ]),
    empty: 'No repo has a forge.',
  }
}

function checksCell({ checks, unknown }: ForgeInput): Cell {
  if (checks === null) return plain(unknown.join('; ') || 'unknown', 'unknown')
  const tone = checks.verdict === 'green' ? 'good' : checks.verdict === 'red' ? 'bad' : 'waiting'
  return plain(`${checks.verdict}: ${checks.detail}`, checks.verdict === 'unknown' ? 'unknown' : tone)
}

function lanesSection({ lanes }: EstateInput): Section {
  return {
    title: 'Lanes',
    note: null,
    columns: ['lane', 'held by', 'waiting'],
    rows: lanes.map(({ lane, holders, waiting }) => [
      plain(lane),
      holders.length === 0 ? plain('free', 'good') : plain(holders.join(', ')),
      plain(String(waiting)),
    ]),
    empty: 'No lane is declared.',
  }
}

function runsSection({ runs }: EstateInput): Section {
  return {
    title: 'Runs',
    note: null,
    columns: ['run', 'train', 'state', 'started', 'stopped by'],
    rows: runs.map((run) => [
      code(run.run),
      plain(run.train),
      plain(
        run.state.replaceAll('_', ' '),
        run.state === 'done' ? 'good' : run.state === 'stopped' ? 'bad' : 'plain',
      ),
      plain(showTime(run.startedAt)),
      run.stop === null ? plain('', 'quiet') : plain(run.stop),
    ]),
    empty: 'No run is recorded.',
  }
}
