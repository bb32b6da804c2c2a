import { expect, test } from 'vitest'
import { parseArguments } from './parse.ts'

async function usageOf(
  ...argv: readonly string[]
): Promise<{ readonly message: string; readonly hint: string }> {
  const parsed = await parseArguments(argv)
  if (parsed.kind !== 'usage') throw new Error(`not refused: ${parsed.kind}`)
  expect(parsed.error.code).toBe('USAGE')
  expect(parsed.error.exit).toBe(2)
  return { message: parsed.error.message, hint: parsed.error.hint }
}

test('takes global flags before, inside and after the words of a command', async () => {
  const parsed = await parseArguments(['-c', 'a.yaml', 'explain', '--json', 'USAGE', '--as=cli:ana'])

  expect(parsed).toMatchObject({
    kind: 'command',
    entry: { name: 'explain' },
    global: { config: 'a.yaml', json: true, as: 'cli:ana', quiet: false },
  })
})

test('refuses an unknown command and names the nearest', async () => {
  const { message, hint } = await usageOf('explian', 'USAGE')

  expect(message).toContain('there is no command "explian"')
  expect(hint).toContain('Did you mean explain?')
})

test('refuses an unknown flag and names the nearest as it is typed', async () => {
  const { message, hint } = await usageOf('explain', '--no-colr')

  expect(message).toContain('there is no flag --no-colr')
  expect(hint).toContain('Did you mean --no-color?')
})

test('refuses a flag that is repeated', async () => {
  expect((await usageOf('explain', '--as', 'cli:ana', '--as', 'cli:carl')).message).toContain(
    '--as was given twice ("cli:ana", then "cli:carl")',
  )
  expect((await usageOf('explain', '-q', '--quiet')).message).toContain('--quiet was given twice')
})

test('refuses an empty value, a missing value and a value that swallows a flag', async () => {
  expect((await usageOf('explain', '--as=')).message).toContain('--as needs a value')
  expect((await usageOf('explain', '--as', '')).message).toContain('--as "": it is empty')
  expect((await usageOf('explain', '--as')).message).toContain('--as needs a value')
  expect((await usageOf('explain', '--as', '--json')).message).toContain('--as needs a value')
})

test('refuses one argument too many and what looks like a flag but is none', async () => {
  expect((await usageOf('explain', 'USAGE', 'INTERNAL')).message).toContain(
    '"INTERNAL" is one argument too many',
  )
  expect((await usageOf('explain', '---json')).message).toContain('"---json" is no flag')
  expect((await usageOf('explain', '--no-json')).message).toContain('there is no flag --no-json')
})

test('refuses flags without a command', async () => {
  expect((await usageOf('--json')).message).toContain('there is no command')
  expect((await usageOf('--bogus', 'explain')).message).toContain('there is no command before --bogus')
})

test('answers --help wherever it stands, whatever else is wrong', async () => {
  expect(await parseArguments(['explain', 'a', 'b', '--bogus', '--help'])).toEqual({
    kind: 'help',
    command: 'explain',
  })
  expect(await parseArguments(['--help'])).toEqual({ kind: 'help', command: null })
  expect(await parseArguments(['-c', 'x', '-h'])).toEqual({ kind: 'help', command: null })
  expect(await parseArguments([])).toEqual({ kind: 'help', command: null })
})

test('answers --version', async () => {
  expect(await parseArguments(['--version'])).toEqual({ kind: 'version' })
})
