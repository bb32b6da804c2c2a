import type { CompensationView } from '@conduct/conductor'
import { printableLine } from '@conduct/core'
import type { CommandOutcome } from '../command.ts'
import type { ConductedEstate } from '../estate/open-conductor.ts'
import type { Style } from '../output/style.ts'

type Way = CompensationView['ways'][number]

/** The way back, shown: what cannot be undone stands first, by name. */
export function compensationOutcome(
  { launcher }: Pick<ConductedEstate, 'launcher'>,
  view: CompensationView,
): CommandOutcome {
  const { record, ways, isConfigChanged } = view
  const isOpen = ways.some(({ outlook }) => outlook === 'to_do' || outlook === 'unknown')
  return {
    exit: 0,
    data: {
      run: record.run,
      train: record.train,
      state: record.state,
      undone: record.undone,
      config_changed: isConfigChanged,
      compensation: ways.map(({ way, outlook, why }) => ({
        id: way.id,
        kind: way.kind,
        repo: way.repo,
        action: way.action,
        undoes: way.undoes,
        outlook,
        why,
      })),
    },
    text: (style) => textOf(view, style),
    next: isOpen ? `${launcher} compensate ${record.run} --yes` : record.next,
  }
}

function textOf({ record, ways, isConfigChanged }: CompensationView, style: Style): string {
  const done = ways.filter(({ outlook }) => outlook === 'not_needed')
  const parts = [
    part(style.red('Cannot be undone'), pick(ways, 'stays'), (one) => one.way.action),
    part(style.red('Moved by somebody since, and left alone'), pick(ways, 'blocked'), withWhy),
    part(style.yellow('Could not be read'), pick(ways, 'unknown'), withWhy),
    part(style.bold('Would be taken back, in this order'), pick(ways, 'to_do'), withWhy),
    part(style.dim('Nothing to take back'), done, withWhy),
  ]
  const changed = isConfigChanged
    ? [
        `${style.yellow('lanes.yaml has changed since the plan was made')}: the commands shown there are those of then, those of now are run.`,
        '',
      ]
    : []
  const head = `The way back of run ${record.run}, train ${record.train} (${record.state.replaceAll('_', ' ')}). Nothing was changed.`
  return [style.bold(head), '', ...changed, ...parts.flat()].join('\n').trimEnd().concat('\n')
}

function pick(ways: readonly Way[], outlook: Way['outlook']): readonly Way[] {
  return ways.filter((way) => way.outlook === outlook)
}

function part(title: string, ways: readonly Way[], say: (way: Way) => string): readonly string[] {
  if (ways.length === 0) return []
  const lines = ways.map(
    (one) => `  ${one.way.repo === null ? '' : `${one.way.repo}: `}${printableLine(say(one))}`,
  )
  return [`${title}:`, ...lines, '']
}

function withWhy({ way, why }: Way): string {
  return `${way.action} (${why})`
}
