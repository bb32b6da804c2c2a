import type { EstateStatus } from '@conduct/conductor'
import { printableLine } from '@conduct/core'
import { timeOfDay } from '../lane/text.ts'
import type { Style } from '../output/style.ts'

const RUNS_MAX = 10

/** The estate at a glance: trains first, then who holds the lanes, then runs. */
export function statusText(status: EstateStatus, style: Style): string {
  return [
    ...status.trains.map((train) => trainText(train, style)),
    section(
      'At the forge',
      status.forge.map((one) => [one.repo, forgeText(one, style)]),
      style,
    ),
    section(
      'Lanes',
      status.lanes.map(({ lane, holders, waiting }) => {
        const state =
          holders.length === 0 ? style.green('free') : `${style.yellow('held')} by ${holders.join(', ')}`
        return [lane, `${state}${waiting === 0 ? '' : `; ${waiting} in line`}`]
      }),
      style,
    ),
    section(
      'Runs',
      status.runs
        .slice(0, RUNS_MAX)
        .map(({ run, train, state, startedAt, stop }) => [
          run,
          `${train}, ${state.replace('_', ' ')}, started ${timeOfDay(startedAt)}${stop === null ? '' : `, ${printableLine(stop)}`}`,
        ]),
      style,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function trainText(train: EstateStatus['trains'][number], style: Style): string {
  const packages = train.packages.map(({ name, inManifest, published, unknown }) => {
    const live =
      unknown !== null
        ? style.yellow(`unknown: ${printableLine(unknown)}`)
        : printableLine(published ?? 'nothing published')
    const ahead = published !== null && published !== inManifest ? `, main has ${inManifest}` : ''
    return [name, `${live}${ahead}`] as const
  })
  const consumers = train.consumers.map(({ repo, head, locked, deployed, isBehind, unknown }) => {
    if (unknown !== null) return [repo, style.yellow(`unknown: ${printableLine(unknown)}`)] as const
    const versions = locked
      .map(({ package: name, version }) => `${name} ${version ?? 'not locked'}`)
      .join(', ')
    const runs = deployed === null ? 'nothing deployed' : `runs ${printableLine(deployed.slice(0, 7))}`
    const state =
      isBehind === true ? style.yellow('behind') : isBehind === false ? style.green('up to date') : 'unknown'
    return [
      repo,
      `${state}; ${versions}; ${runs}${head === null ? '' : `, main is ${head.slice(0, 7)}`}`,
    ] as const
  })
  const producer =
    train.unknown === null
      ? []
      : [[train.producer, style.yellow(`unknown: ${printableLine(train.unknown)}`)] as const]
  return section(`Train ${train.train}`, [...producer, ...packages, ...consumers], style)
}

function forgeText(at: EstateStatus['forge'][number], style: Style): string {
  if (at.notAsked !== null) return style.yellow(`not asked: ${printableLine(at.notAsked)}`)
  const { checks, pullRequests, blocking, unknown } = at
  const items = (listed: readonly { readonly number: number; readonly title: string }[]) =>
    listed.map(({ number, title }) => `#${number} ${printableLine(title)}`).join(', ')
  const colour =
    checks?.verdict === 'green' ? style.green : checks?.verdict === 'red' ? style.red : style.yellow
  return [
    ...(checks === null ? [] : [`${colour(checks.verdict)} (${printableLine(checks.detail)})`]),
    ...(pullRequests === null || pullRequests.length === 0 ? [] : [`offered: ${items(pullRequests)}`]),
    ...(blocking === null || blocking.length === 0
      ? []
      : [style.yellow(`a release is blocked by ${items(blocking)}`)]),
    ...unknown.map((why) => style.yellow(`unknown: ${printableLine(why)}`)),
  ].join('; ')
}

function section(title: string, rows: readonly (readonly [string, string])[], style: Style): string {
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([name]) => name.length))
  return `${style.bold(title)}\n${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('')}`
}
