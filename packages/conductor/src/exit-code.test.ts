import { describe, expect, it } from 'vitest'
import { type ExitCode, exitCodes } from '@conduct/core'
import { exitCodeOf } from './exit-code.ts'

const causes: readonly (ExitCode | null)[] = [null, ...Object.values(exitCodes)]
const beforeAnything: readonly ExitCode[] = [1, 3, 6, 8, 13, 30]

describe('the exit code of a run', () => {
  it('is 11 whenever the lease was lost', () => {
    for (const state of ['done', 'aborted', 'held', 'stopped'] as const) {
      for (const irreversibleDone of [true, false]) {
        expect(exitCodeOf({ state, cause: 11, irreversibleDone })).toBe(11)
      }
    }
  })

  it.each(beforeAnything)('never is %i after something irreversible', (code) => {
    for (const cause of causes) {
      expect(exitCodeOf({ state: 'stopped', cause, irreversibleDone: true })).not.toBe(code)
    }
  })

  it.each(beforeAnything)('is %i, the cause itself, before anything irreversible', (code) => {
    expect(exitCodeOf({ state: 'stopped', cause: code, irreversibleDone: false })).toBe(code)
  })

  it('tells a failed verification from every other stop after something irreversible', () => {
    expect(exitCodeOf({ state: 'stopped', cause: 9, irreversibleDone: true })).toBe(9)
    expect(exitCodeOf({ state: 'stopped', cause: 13, irreversibleDone: true })).toBe(7)
    expect(exitCodeOf({ state: 'stopped', cause: 8, irreversibleDone: true })).toBe(7)
    expect(exitCodeOf({ state: 'held', cause: null, irreversibleDone: true })).toBe(7)
  })

  it('is 0 when done or aborted, 10 when the lane is held', () => {
    expect(exitCodeOf({ state: 'done', cause: null, irreversibleDone: true })).toBe(0)
    expect(exitCodeOf({ state: 'aborted', cause: null, irreversibleDone: true })).toBe(0)
    expect(exitCodeOf({ state: 'held', cause: null, irreversibleDone: false })).toBe(10)
  })
})
