import { type CommandGroup, commandEntries, commandGroups, nounBriefs } from './commands.ts'
import { commandHelp } from './help/command-help.ts'
import { table } from './help/table.ts'
import { topics, topicsOf } from './help/topics.ts'
import type { Style } from './output/style.ts'

/** The help of a command, of a noun (`lane`), or of conduct as a whole. */
export async function helpText(command: string | null, style: Style): Promise<string> {
  const render = await loadHelp(command)
  return render(style)
}

/** The same, once it is known how it is to look. */
export async function loadHelp(command: string | null): Promise<(style: Style) => string> {
  if (command === null) return overview
  const entry = commandEntries.find(({ name }) => name === command)
  if (entry === undefined) return (style) => nounHelp(command, style)
  const { spec } = await entry.load()
  return (style) => commandHelp({ name: entry.name, brief: entry.brief, spec, style })
}

/** Where `conduct` alone would not be found, what has to be typed instead. */
export function withLauncher(help: string, launcher: string): string {
  return launcher === 'conduct' ? help : `${help}\nHere conduct is typed: ${launcher}\n`
}

function overview(style: Style): string {
  const groups = commandGroups.map((group: CommandGroup) => {
    const rows = group.commands.map(({ name, brief }) => [name, brief] as const)
    return `${style.bold(group.title)}\n${table(rows, style)}`
  })
  return [
    'conduct: exclusive lanes, and release trains that travel across repositories.\n',
    'Usage: conduct <command> [arguments] [flags]\n',
    ...groups,
    `${style.bold('Pages: conduct help <page>')}\n${table(
      topics.map(({ name, brief }) => [name, brief] as const),
      style,
    )}`,
    'Every command: conduct <command> --help.\nWhat a code means: conduct explain <CODE>.\n',
  ].join('\n')
}

function nounHelp(noun: string, style: Style): string {
  const rows = commandEntries.flatMap(({ name, brief }) =>
    name.startsWith(`${noun} `) ? [[name, brief] as const] : [],
  )
  const pages = topicsOf(noun)
  return [
    `${nounBriefs[noun] ?? noun}.\n`,
    `Usage: conduct ${noun} <command> [arguments] [flags]\n`,
    table(rows, style),
    `Every command: conduct ${noun} <command> --help.\n`,
    ...(pages.length === 0 ? [] : [`More: ${pages.map((page) => `conduct help ${page}`).join(', ')}\n`]),
  ].join('\n')
}
