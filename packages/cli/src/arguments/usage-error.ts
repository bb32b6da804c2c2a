import { ConductError } from '@conduct/core'
import {
  AliasNotFoundError,
  ArgumentParseError,
  ArgumentScannerError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from '@stricli/core'

interface Complaint {
  readonly message: string
  readonly suggestion?: string
}

/** `waitMax` → `wait-max`, as flags are typed. */
export function toKebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** All that is wrong with a command line, in one error. */
export function usageError(options: {
  readonly command: string | null
  readonly complaints: readonly Complaint[]
}): ConductError {
  const { command, complaints } = options
  const subject = command === null ? 'conduct' : `conduct ${command}`
  const suggestions = complaints.flatMap((complaint) => complaint.suggestion ?? [])
  const help = `Help: ${subject} --help`
  return new ConductError('USAGE', `${subject}: ${complaints.map(({ message }) => message).join('; ')}`, {
    hint: [...suggestions.map((text) => `Did you mean ${text}?`), help].join(' '),
  })
}

/** Says in our words what the parser found. `flagNames`: external names of the command's flags. */
export function complaintOf(error: unknown, flagNames: ReadonlySet<string>): Complaint {
  if (!(error instanceof ArgumentScannerError)) throw error
  const named = (name: string) => (flagNames.has(name) ? `--${name}` : `<${name}>`)
  if (error instanceof FlagNotFoundError) {
    const nearest = error.corrections[0]
    return {
      message: `there is no flag --${error.input}`,
      ...(nearest === undefined ? {} : { suggestion: `--${toKebabCase(nearest)}` }),
    }
  }
  if (error instanceof AliasNotFoundError) return { message: `there is no flag -${error.input}` }
  if (error instanceof EnumValidationError) {
    return {
      message: `--${error.externalFlagName} ${JSON.stringify(error.input)}: it must be one of ${error.values.join(', ')}`,
    }
  }
  if (error instanceof ArgumentParseError) {
    const reason = error.exception instanceof Error ? error.exception.message : String(error.exception)
    const name = named(error.externalFlagNameOrPlaceholder)
    return { message: `${name} ${JSON.stringify(error.input)}: ${reason}` }
  }
  if (error instanceof UnsatisfiedFlagError) {
    return { message: `--${error.externalFlagName} needs a value` }
  }
  if (error instanceof UnexpectedFlagError) {
    const isSwitch = error.previousInput === 'true' && error.input === 'true'
    const values = isSwitch
      ? ''
      : ` (${JSON.stringify(error.previousInput)}, then ${JSON.stringify(error.input)})`
    return { message: `--${error.externalFlagName} was given twice${values}` }
  }
  if (error instanceof UnexpectedPositionalError) {
    return { message: `${JSON.stringify(error.input)} is one argument too many` }
  }
  if (error instanceof UnsatisfiedPositionalError) {
    return { message: `<${error.placeholder}> is missing` }
  }
  if (error instanceof InvalidNegatedFlagSyntaxError) {
    return { message: `--${error.externalFlagName} takes no value` }
  }
  return { message: error.message }
}

/**
 * Arguments that look like flags but that the parser would take as plain words: `--`, an empty value
 * (`--reason=`), one letter after two dashes. Only what stands before `--` is looked at.
 */
export function malformedFlags(argv: readonly string[]): readonly Complaint[] {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return own.flatMap((token) => {
    if (!token.startsWith('-') || token === '-') return []
    if (/^--[a-z][a-z\-.\d_]+(?:=.+)?$/is.test(token) || /^-[a-z](?:[a-z]*|=.+)$/is.test(token)) return []
    if (/^--[^=]+=$/.test(token))
      return [{ message: `${token.slice(0, -1)} needs a value, and got an empty one` }]
    return [
      {
        message: `${JSON.stringify(token)} is no flag; a value that starts with a dash is written --flag="…"`,
      },
    ]
  })
}
