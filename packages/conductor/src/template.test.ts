import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { expandCommand, expandText, missingValues, showCommand } from './template.ts'

test('puts the version into a tag template', () => {
  expect(expandText('engine-v{version}', { version: '4.3.0' })).toBe('engine-v4.3.0')
})

test('keeps a value with blanks one argument', () => {
  const command = expandCommand({ argv: ['bin/deploy', '--sha', '{sha}'] }, { sha: 'a b; rm -rf /' })

  expect(command).toEqual({ argv: ['bin/deploy', '--sha', 'a b; rm -rf /'] })
})

test('does not expand what a value brings along', () => {
  expect(expandText('{repo}-{version}', { repo: '{version}', version: '1.0.0' })).toBe('{version}-1.0.0')
})

test('quotes a value in a shell line so that the shell cannot run it', () => {
  const command = expandCommand({ shell: 'printf %s {previous_sha}' }, { previous_sha: `$(echo x)'; echo y` })

  const output = execFileSync('sh', ['-c', 'shell' in command ? command.shell : ''], { encoding: 'utf8' })
  expect(output).toBe(`$(echo x)'; echo y`)
})

test('leaves a plain value in a shell line unquoted, so that it may stand inside quotes', () => {
  expect(expandCommand({ shell: 'deploy "{sha}"' }, { sha: 'abc123' })).toEqual({ shell: 'deploy "abc123"' })
})

test('names the values that a command lacks', () => {
  const command = { argv: ['bin/deploy', '--sha={previous_sha}', '{repo}'] }

  expect(missingValues(command, { repo: 'shop', previous_sha: null })).toEqual(['previous_sha'])
})

test('shows a command as it would be typed', () => {
  expect(showCommand({ argv: ['bin/deploy', 'two words', '--sha=1'] })).toBe(`bin/deploy 'two words' --sha=1`)
})
