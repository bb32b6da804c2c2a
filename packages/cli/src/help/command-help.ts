import type { CommandSpec } from '../command.ts'
import { globalParameters } from '../global-flags.ts'
import type { Style } from '../output/style.ts'
import { toKebabCase } from '../arguments/usage-error.ts'
import { hangWords, wrapWords } from '../output/wrap-words.ts'
import { table } from './table.ts'
import { topicsOf } from './topics.ts'

export interface CommandHelpOptions {
  readonly name: string
  readonly brief: string
  readonly spec: CommandSpec<Readonly<Record<string, unknown>>, readonly unknown[]>
  readonly style: Style
}

/** What a person needs before typing the command: what it does, what it takes, how it is used. */
export function commandHelp({ name, brief, spec, style }: CommandHelpOptions): string {
  const positionals = positionalsOf(spec)
  const flags = flagsOf(spec)
  const pages = topicsOf(name)
  const section = (title: string, body: string) => (body === '' ? [] : [`${style.bold(title)}\n${body}`])
  return [
    `${brief}.\n`,
    `Usage: conduct ${usageOf(name, spec, positionals)}\n`,
    ...(spec.description.length === 0
      ? []
      : [`${spec.description.map((paragraph) => wrap(paragraph, style)).join('\n\n')}\n`]),
    ...section(
      'Arguments',
      table(
        positionals.map(({ label, brief: text }) => [label, text]),
        style,
      ),
    ),
    ...section('Flags', table(flags, style)),
    ...section('Everywhere', table(globalRows(), style)),
    ...section(
      'Examples',
      spec.examples.map(([line, does]) => `  ${style.dim(`# ${does}`)}\n  conduct ${line}\n`).join(''),
    ),
    ...(pages.length === 0 ? [] : [`More: ${pages.map((page) => `conduct help ${page}`).join(', ')}\n`]),
  ].join('\n')
}

const columnsMax = 100

/** Breaks a paragraph at words, within the terminal. Lines that begin with two blanks are rows: a name, and what it is. */
function wrap(paragraph: string, style: Style): string {
  const width = Math.min(style.width ?? columnsMax, columnsMax)
  return paragraph
    .split('\n')
    .map((line) => {
      const name = /^ {2}\S+ +/.exec(line)?.[0]
      if (name === undefined) return wrapWords(line, width).join('\n')
      return `${name}${hangWords(line.slice(name.length), { at: name.length, width })}`
    })
    .join('\n')
}

function usageOf(
  name: string,
  spec: CommandHelpOptions['spec'],
  positionals: readonly PositionalRow[],
): string {
  if (spec.usage !== undefined) return `${name} ${spec.usage}`
  const flags = flagsOf(spec).length > 0 ? ['[flags]'] : []
  return [name, ...positionals.map(({ usage }) => usage), ...flags].join(' ')
}

interface PositionalRow {
  readonly usage: string
  readonly label: string
  readonly brief: string
}

/** The parser's own type of a parameter is wider than what commands here use; these are the parts shown. */
interface ShownPositional {
  readonly placeholder?: string
  readonly brief: string
  readonly optional?: boolean
}

interface ShownFlag {
  readonly kind: string
  readonly brief: string
  readonly placeholder?: string
  readonly optional?: boolean
  readonly hidden?: boolean
  readonly variadic?: boolean | string
  readonly values?: readonly string[]
  readonly default?: unknown
}

function positionalsOf(spec: CommandHelpOptions['spec']): readonly PositionalRow[] {
  const positional = spec.parameters.positional as
    | { readonly kind: 'tuple'; readonly parameters: readonly ShownPositional[] }
    | { readonly kind: 'array'; readonly parameter: ShownPositional; readonly minimum?: number }
    | undefined
  if (positional === undefined) return []
  if (positional.kind === 'array') {
    const { parameter } = positional
    const label = `<${parameter.placeholder ?? 'value'}>…`
    return [{ usage: (positional.minimum ?? 0) > 0 ? label : `[${label}]`, label, brief: parameter.brief }]
  }
  return positional.parameters.map(({ placeholder = 'value', brief, optional }) => ({
    usage: optional === true ? `[<${placeholder}>]` : `<${placeholder}>`,
    label: `<${placeholder}>`,
    brief,
  }))
}

function flagsOf(spec: CommandHelpOptions['spec']): readonly (readonly [string, string])[] {
  const flags = (spec.parameters.flags ?? {}) as Readonly<Record<string, ShownFlag>>
  return flagRows(flags, spec.parameters.aliases ?? {})
}

function globalRows(): readonly (readonly [string, string])[] {
  return [
    ...flagRows(globalParameters.flags, globalParameters.aliases),
    ['-h, --help', 'Show this help; nothing else happens'],
  ]
}

function flagRows(
  flags: Readonly<Record<string, ShownFlag>>,
  aliases: Readonly<Partial<Record<string, string>>>,
): readonly (readonly [string, string])[] {
  return Object.entries(flags).flatMap(([name, flag]) => {
    if (flag.hidden === true) return []
    const alias = Object.entries(aliases).find(([, target]) => target === name)?.[0]
    const short = alias === undefined ? '' : `-${alias}, `
    const value = flag.kind === 'boolean' ? '' : ` <${flag.values?.join('|') ?? flag.placeholder ?? 'value'}>`
    const many = flag.variadic === undefined || flag.variadic === false ? '' : '…'
    const isNeeded = flag.kind !== 'boolean' && flag.optional !== true && flag.default === undefined
    const notes = [
      ...(isNeeded ? ['required'] : []),
      ...(many === '' ? [] : ['may be repeated']),
      ...(flag.kind !== 'boolean' && typeof flag.default === 'string' ? [`default ${flag.default}`] : []),
    ]
    const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`
    return [[`${short}--${toKebabCase(name)}${value}${many}`, `${flag.brief}${note}`] as const]
  })
}
