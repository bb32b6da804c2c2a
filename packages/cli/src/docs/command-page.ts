import { type CommandGroup, commandGroups } from '../commands.ts'
import { helpText } from '../help.ts'
import { createStyle } from '../output/style.ts'

/** Every command as its `--help` shows it. */
export async function commandPage(): Promise<string> {
  const style = createStyle(false)
  const parts = [`# Commands\n\n${noQuestions}\n\n${fenced(await helpText(null, style))}`]
  for (const group of commandGroups as readonly CommandGroup[]) {
    parts.push(`## ${group.title}\n`)
    for (const { name } of group.commands) {
      parts.push(`### conduct ${name}\n\n${fenced(await helpText(name, style))}`)
    }
  }
  return parts.join('\n')
}

const noQuestions =
  'No command asks a question, with or without a terminal: what it needs to know is a flag, and a missing one is an error that names it. So there is no `--yes`.'

function fenced(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\`\n`
}
