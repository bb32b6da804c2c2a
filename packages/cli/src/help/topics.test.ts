import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parseArguments } from '../arguments/parse.ts'
import { commandEntries, nounBriefs } from '../commands.ts'
import { createStyle } from '../output/style.ts'
import { listExplanations } from './explanations.ts'
import { renderTopic } from './topic.ts'
import { topics } from './topics.ts'

const typedLines = topics.flatMap(({ name, blocks }) =>
  blocks().flatMap((block) => {
    if (block.kind === 'typed') return block.lines.map((line) => [name, line] as const)
    if (block.kind === 'text') return []
    return block.rows.flatMap(([left]) => (left.startsWith('conduct ') ? [[name, left] as const] : []))
  }),
)

/** As a shell splits it: comments off, quotes gone. */
function words(line: string): readonly string[] {
  const command = line.replace(/\s+# .*$/, '')
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  )
}

describe('a page of conduct help', () => {
  test.each(typedLines)('%s shows only what can be typed: %s', async (_name, line) => {
    const [program, ...argv] = words(line)

    expect(program).toBe('conduct')
    expect(await parseArguments(argv)).toMatchObject({ kind: 'command' })
  })

  test('is found: it is called as no command is, and the commands that it names are there', () => {
    const names: readonly string[] = commandEntries.map(({ name }) => name)

    expect(topics.filter(({ name }) => names.includes(name) || name in nounBriefs)).toEqual([])
    expect(topics.flatMap(({ commands }) => commands).filter((name) => !names.includes(name))).toEqual([])
    expect(new Set(topics.map(({ name }) => name)).size).toBe(topics.length)
  })

  test.each([60, 80, 120])('stays within a terminal of %i columns but for what is typed', (width) => {
    const tooLong = topics.flatMap((topic) => {
      const lines = stripVTControlCharacters(renderTopic(topic, createStyle(true, width))).split('\n')
      return lines.filter((line) => line.length > width && !line.startsWith('  conduct '))
    })

    expect(tooLong).toEqual([])
  })

  test('shows nothing to type that is wider than a terminal', () => {
    expect(typedLines.filter(([, line]) => line.length > 78)).toEqual([])
  })

  test('is short', () => {
    const long = topics.filter((topic) => renderTopic(topic, createStyle(false, 80)).split('\n').length > 60)

    expect(long.map(({ name }) => name)).toEqual([])
  })
})

test('every code says what it means, what was done by then, and what to do', () => {
  const explanations = listExplanations()
  const incomplete = explanations.filter(({ meaning, by_then: byThen, remedy }) =>
    [meaning, byThen, remedy].some((sentence) => !/[.!]$/.test(sentence)),
  )

  expect(incomplete).toEqual([])
  expect(explanations.length).toBeGreaterThan(200)
})
