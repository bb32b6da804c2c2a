import { type CommandGroup, commandEntries, commandGroups, nounBriefs } from './commands.ts'
import { commandHelp } from './help/command-help.ts'
import { table } from './help/table.ts'
import type { Style } from './output/style.ts'

/** The help of a command, of a noun (`lane`), or of conduct as a whole. */
export async function helpText(command: string | null, style: Style): Promise<string> {
  if (command === null) return overview(style)
  const entry = commandEntries.find(({ name }) => name === command)
  if (entry === undefined) return nounHelp(command, style)
  const { spec } = await entry.load()
  return commandHelp({ name: entry.name, brief: entry.brief, spec, style })
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
    'Every command: conduct <command> --help. What a code means: conduct explain <CODE>.\n',
  ].join('\n')
}

function nounHelp(noun: string, style: Style): string {
  const rows = commandEntries.flatMap(({ name, brief }) =>
    name.startsWith(`${noun} `) ? [[name, brief] as const] : [],
  )
  return [
    `${nounBriefs[noun] ?? noun}.\n`,
    `Usage: conduct ${noun} <command> [arguments] [flags]\n`,
    table(rows, style),
    `Every command: conduct ${noun} <command> --help.\n`,
  ].join('\n')
}
