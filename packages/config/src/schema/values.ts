/** The small values of lanes.yaml: texts, names, durations, commands. Input-shaped: no transforms. */
import { z } from 'zod'
import { expects, mapping } from './expectation.ts'

export const durationExpectation = 'a duration with a unit, as in 90s, 15m or 4h'
export const nameExpectation =
  'a name of letters, digits, ".", "_" and "-" that starts with a letter or a digit'

export const text = z.string(expects('a text')).min(1, expects('a text that is not empty'))
export const flag = z.boolean(expects('true or false'))
export const names = z.array(text, expects('a list of names'))
export const duration = z
  .string(expects(durationExpectation))
  .regex(/^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/, expects(durationExpectation))
  .meta({ description: 'A duration with a unit: 90s, 15m, 4h, 2d.', examples: ['90s', '15m', '4h'] })

/** Key of people, repos, lanes, candidates and trains. */
export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, expects(nameExpectation))

export const httpUrl = z
  .string(expects('a URL, as in https://…'))
  .regex(/^https?:\/\/[^\s/]+/, expects('a URL that starts with http:// or https://'))

const commandExpectation = 'a command: a text, { argv: […] } or { shell: "…" }'

export const command = z
  .union(
    [
      text,
      mapping({
        argv: z
          .array(z.string(expects('a text')), expects('a list of words'))
          .min(1, expects('a list of at least one word')),
      }),
      mapping({ shell: text }),
    ],
    expects(commandExpectation),
  )
  .meta({
    description:
      'A text is split into words and runs without a shell. {sha}, {version}, {previous_sha}, {run} and {repo} are passed as single arguments.',
  })

export const commands = z
  .union(
    [z.array(command, expects('a list of commands')), command],
    expects('a command or a list of commands'),
  )
  .meta({ description: 'One command or a list of commands.' })

export function mapOf<Value extends z.ZodType>(value: Value, what: string) {
  return z.record(name, value, expects(`a mapping from names to ${what}`))
}

export function positive(what: string) {
  return z
    .int(expects(`a whole number${what}`))
    .min(1, expects('a whole number of at least 1'))
    .max(1_000_000, expects('a whole number of at most 1000000'))
}
