import { ConductError, nearest } from '@conduct/core'
import type { CommandRun, CommandSpec, NoFlags } from '../command.ts'
import { explanationText, listExplanations } from '../help/explanations.ts'
import { table } from '../help/table.ts'

export const spec: CommandSpec<NoFlags, [code?: string]> = {
  description: [
    'Errors, findings about lanes.yaml, consequences of a change to it and exit codes all have a stable code; it is printed with the message.',
    'Without a code: the list of all of them.',
  ],
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          optional: true,
          placeholder: 'code',
          brief: 'As it was printed: STORE_UNREACHABLE, LANE_UNKNOWN_REPO',
        },
      ],
    },
  },
  examples: [
    ['explain STORE_UNREACHABLE', 'what an error means and what to do'],
    ['explain', 'every code there is'],
  ],
}

export const run: CommandRun<NoFlags, [code?: string]> = async (_context, _flags, code) => {
  const all = listExplanations()
  if (code === undefined) {
    return {
      exit: 0,
      data: { codes: all },
      text: (style) =>
        table(
          all.map((entry) => [entry.code, entry.meaning]),
          style,
        ),
    }
  }
  const found = all.find((entry) => entry.code === code.toUpperCase())
  if (found === undefined) {
    const near = nearest(
      code.toUpperCase(),
      all.map((entry) => entry.code),
    )
    const suggestion =
      near === null ? {} : { hint: `Did you mean ${near}? conduct explain without a code lists them all.` }
    throw new ConductError('CODE_UNKNOWN', `there is no code ${JSON.stringify(code)}`, suggestion)
  }
  return {
    exit: 0,
    data: { explanation: found },
    text: (style) => explanationText(found, style),
  }
}
