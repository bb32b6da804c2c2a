import { basename, dirname, relative } from 'node:path'
import { agentNames } from '@conduct/guard'
import type { CommandContext } from '../command.ts'
import { configNames } from '../estate/find-config.ts'
import { launch, launcherOf } from '../estate/launch.ts'
import { quoteWord } from '../quote-word.ts'
import type { Source } from './sources.ts'

export interface NextStep {
  readonly command: string
  readonly why: string
}

/** What to type after the file is written, each in any folder of a new shell. */
export function nextSteps(
  context: CommandContext,
  options: {
    readonly target: string
    readonly sources: readonly Source[]
    readonly trains: readonly string[]
  },
): readonly NextStep[] {
  const { target, sources, trains } = options
  const launched = launch(context, target)
  const home = sources.find(({ top }) => top !== null && isWithin(top, target))
  return [
    { command: `${launched} check`, why: 'what it declares, and what is wrong with it' },
    ...sources.flatMap((source) => installStep(source, { context, target })),
    ...(home?.top == null ? [] : [commitStep(home, target)]),
    ...trains.map((train) => ({
      command: `${launched} plan ${train}`,
      why: 'what a release would do, and what stands in its way; changes nothing',
    })),
  ]
}

function installStep(
  { top, tree }: Source,
  { context, target }: { readonly context: CommandContext; readonly target: string },
): readonly NextStep[] {
  if (top === null) return []
  // From there it is found by walking up; else the hooks have to be told where it is.
  const isFound =
    (configNames as readonly string[]).includes(basename(target)) && isWithin(dirname(target), top)
  const launched = isFound ? launcherOf(context) : launch(context, target)
  const paths = tree?.entries.map(({ path }) => path) ?? []
  const agents = agentNames.filter((name) => paths.some((path) => path.startsWith(`.${name}/`)))
  const flags = agents.map((name) => ` --agent ${name}`).join('')
  const why = `ask before every commit and push there${agents.length === 0 ? '' : `, and before ${agents.join(' and ')} acts`}`
  return [{ command: `${launched} -C ${quoteWord(top)} guard install${flags}`, why }]
}

function commitStep({ top, address }: Source, target: string): NextStep {
  const git = `git -C ${quoteWord(top ?? '.')}`
  const file = quoteWord(relative(top ?? '.', target))
  return {
    command: `${git} add ${file} && ${git} commit -m "How releases travel" ${file}${address === null ? '' : ` && ${git} push`}`,
    why: address === null ? 'so that it is not lost' : 'runs go by the lanes.yaml on main of its remote',
  }
}

function isWithin(folder: string, path: string): boolean {
  const between = relative(folder, path)
  return !between.startsWith('..') && !between.startsWith('/')
}
