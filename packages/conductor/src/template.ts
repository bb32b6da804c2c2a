import type { Command } from '@conduct/config'

/** What `{…}` may stand for in lanes.yaml; `check` refuses every other name. */
export type TemplateName = 'sha' | 'version' | 'previous_sha' | 'run' | 'repo'
export type TemplateValues = { readonly [Name in TemplateName]?: string | null }

const placeholder = /\{(sha|version|previous_sha|run|repo)\}/g
const needsNoQuotes = /^[\w.,:/@%+=-]+$/

/** `v{version}` → `v4.3.0`. A name without a value stays as it is written. */
export function expandText(template: string, values: TemplateValues): string {
  return template.replaceAll(placeholder, (written, name: TemplateName) => values[name] ?? written)
}

/** Whether something is still to be filled in. */
export function hasPlaceholder(text: string): boolean {
  return text.search(placeholder) >= 0
}

/**
 * Values stay single arguments: words were split before, and are not split again. In a shell line a value that
 * holds anything but plain characters is quoted.
 */
export function expandCommand(command: Command, values: TemplateValues): Command {
  if ('argv' in command) return { argv: command.argv.map((word) => expandText(word, values)) }
  const quoted: { [Name in TemplateName]?: string } = {}
  for (const [name, value] of Object.entries(values) as [TemplateName, string | null | undefined][]) {
    if (value !== null && value !== undefined) quoted[name] = quoteForShell(value)
  }
  return { shell: expandText(command.shell, quoted) }
}

/** The names that a command asks for and that have no value. */
export function missingValues(command: Command, values: TemplateValues): readonly TemplateName[] {
  const text = 'argv' in command ? command.argv.join('\n') : command.shell
  const asked = new Set([...text.matchAll(placeholder)].map((match) => match[1] as TemplateName))
  return [...asked].filter((name) => values[name] === undefined || values[name] === null)
}

/** A command as a person would type it; for messages only. */
export function showCommand(command: Command): string {
  if ('shell' in command) return command.shell
  return command.argv.map((word) => (needsNoQuotes.test(word) ? word : quoteForShell(word))).join(' ')
}

function quoteForShell(text: string): string {
  return needsNoQuotes.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** What a command looks like once it is filled in. */
export interface CommandPattern {
  readonly isShell: boolean
  readonly words: readonly RegExp[]
}

export function commandPattern(command: Command): CommandPattern {
  const words = 'shell' in command ? [command.shell] : command.argv
  return { isShell: 'shell' in command, words: words.map(wordPattern) }
}

/** Whether a command that is about to run is that one, whatever it was filled in with. */
export function matchesCommand({ isShell, words }: CommandPattern, command: Command): boolean {
  const given = 'shell' in command ? [command.shell] : command.argv
  if (isShell !== 'shell' in command || given.length !== words.length) return false
  return given.every((word, index) => words[index]?.test(word) === true)
}

function wordPattern(template: string): RegExp {
  const fixed = template.split(placeholder).filter((_part, index) => index % 2 === 0)
  return new RegExp(
    `^${fixed.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('.*')}$`,
    's',
  )
}
