import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { gemDeclarations } from './gemfile.ts'

const argumentsOf = (text: string, name = 'engine') =>
  gemDeclarations('Gemfile', text, name).map((one) => one.arguments.map((argument) => argument.text))

test.each([
  ["gem 'engine'", [[]]],
  ['gem "engine", "~> 1.0"', [['"~> 1.0"']]],
  ["gem('engine', '>= 1', '< 2')", [["'>= 1'", "'< 2'"]]],
  ["  gem 'engine', ['>= 1', '< 2'], require: false # why", [["['>= 1', '< 2']", 'require: false']]],
  [
    "gem 'engine',\n  '~> 1.0',\n  group: [:test, :development]\ngem 'other'",
    [["'~> 1.0'", 'group: [:test, :development]']],
  ],
  ["gem 'engine', '1.0' if RUBY_VERSION > '3'", [["'1.0'"]]],
  ["group(:a) { gem 'engine', '1.0' }", [["'1.0'"]]],
  ["gem 'engine', :path => '../engine'", [[":path => '../engine'"]]],
  ["gem 'engine', ENGINE_VERSION", [['ENGINE_VERSION']]],
  ["# gem 'engine', '1.0'", []],
  ["gem 'engine-core', '1.0'", []],
  ["gemspec 'engine'", []],
  ["name = 'a # b'; gem 'engine', '1.0'", [["'1.0'"]]],
])('reads %s', (text, expected) => {
  expect(argumentsOf(text)).toEqual(expected)
})

test('says on which line, and where what can be replaced begins and ends', () => {
  const text = "source 'x'\n\ngem \"engine\", '~> 1.0' # it\n"

  const [found] = gemDeclarations('Gemfile', text, 'engine')

  expect(found).toMatchObject({ line: 3, name: 'engine' })
  expect(text.slice(found?.start, found?.end)).toBe('gem "engine", \'~> 1.0\'')
  expect(text.slice(found?.arguments[0]?.start, found?.arguments[0]?.end)).toBe("'~> 1.0'")
})

test('takes no literal for one that Ruby would have to compute', () => {
  const [found] = gemDeclarations('Gemfile', 'gem \'engine\', "#{MAJOR}.0", path: "a"', 'engine')

  expect(found?.arguments.map(({ key, literal }) => [key, literal])).toEqual([
    [null, null],
    ['path', 'a'],
  ])
})

test('reads any text to its end', () => {
  const pieces = fc.constantFrom(
    'gem ',
    "'engine'",
    '"',
    "'",
    ',',
    '(',
    ')',
    '[',
    '{',
    '\n',
    '#',
    '\\',
    ' if ',
    'x',
    ':',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const text = parts.join('')
      for (const one of gemDeclarations('Gemfile', text, 'engine')) {
        expect(one.end).toBeLessThanOrEqual(text.length)
        for (const argument of one.arguments)
          expect(text.slice(argument.start, argument.end)).toHaveLength(argument.text.length)
      }
    }),
  )
})
