import { errorCodes, findingCodes, reviewCodes } from '@conduct/core'

/** Every error and finding; the same texts as `conduct explain`. */
export function codePage(): string {
  const errors = sorted(Object.entries(errorCodes)).map(
    ([code, { meaning, remedy, exit, retryable }]) =>
      `| \`${code}\` | ${exit} | ${retryable === true ? 'yes' : 'no'} | ${cell(meaning)} | ${cell(remedy)} |`,
  )
  const findings = sorted(Object.entries(findingCodes)).map(
    ([code, { meaning, remedy, severity }]) => `| \`${code}\` | ${severity} | ${cell(meaning)} | ${cell(remedy)} |`,
  )
  const consequences = sorted(Object.entries(reviewCodes)).map(
    ([code, { meaning, remedy }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(remedy)} |`,
  )
  return [
    '# Codes',
    '',
    'Codes are stable: programs may compare them. `conduct explain <CODE>` prints the same.',
    '',
    '## Errors',
    '',
    'An error has a code, a sentence about this case, a hint, and whether trying again can help. The exit code below is the usual one; after something irreversible a run exits 7 or 9 and keeps the code ([exit codes](exit-codes.md)).',
    '',
    '| code | exit | try again | means | do |',
    '|---|---|---|---|---|',
    ...errors,
    '',
    '## Findings about lanes.yaml',
    '',
    '`conduct check` exits 2 when one of them is an error.',
    '',
    '| code | severity | means | do |',
    '|---|---|---|---|',
    ...findings,
    '',
    '## Consequences of a change to lanes.yaml',
    '',
    '`conduct review` says how grave each is in the case at hand, and exits 12 when one is a danger.',
    '',
    '| code | means | do |',
    '|---|---|---|',
    ...consequences,
    '',
  ].join('\n')
}

function sorted<Value>(entries: readonly (readonly [string, Value])[]): readonly (readonly [string, Value])[] {
  return entries.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
}
