import { styleText } from 'node:util'

/** Colours for people; every function returns its text unchanged when colour is off. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
  readonly hasColor: boolean
  /** Of the terminal, for what wraps its lines itself; null where there is none: lines are as long as they are. */
  readonly width: number | null
}

type Format = Parameters<typeof styleText>[0]

export function createStyle(hasColor: boolean, width: number | null = null): Style {
  const paint = (format: Format) => (text: string) =>
    hasColor ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
    hasColor,
    width,
  }
}

/** `--no-color`, then FORCE_COLOR, then NO_COLOR, then whether the stream is a terminal that can. */
export function wantsColor(options: {
  readonly noColorFlag: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
}): boolean {
  const { noColorFlag, env, isTerminal } = options
  if (noColorFlag) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  const refused = env['NO_COLOR']
  if (refused !== undefined && refused !== '') return false
  return isTerminal && env['TERM'] !== 'dumb'
}
