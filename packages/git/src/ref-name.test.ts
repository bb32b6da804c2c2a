import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { branchRef, refNameProblem, tagRef } from './ref-name.ts'

const gitAccepts = (name: string): boolean => {
  try {
    execFileSync('git', ['check-ref-format', `refs/heads/${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('accepts nothing that git refuses, and refuses only what git refuses or could misread', () => {
  const signs = fc.constantFrom('a', 'b', '/', '.', '-', '@', '{', '~', ' ', '*', '\\', '.lock', 'é')
  fc.assert(
    fc.property(fc.string({ unit: signs, minLength: 1, maxLength: 6 }), (name) => {
      const couldMislead = name.startsWith('-') || name === '@' || name === 'HEAD'

      expect(refNameProblem(name) === null).toBe(gitAccepts(name) && !couldMislead)
    }),
    { numRuns: 150 },
  )
})

test('throws GIT_REF_INVALID for a name that could be read as an option', () => {
  expect(() => branchRef('--upload-pack=touch pwned')).toThrow(
    expect.objectContaining({ code: 'GIT_REF_INVALID' }),
  )
  expect(() => tagRef('a b')).toThrow(expect.objectContaining({ code: 'GIT_REF_INVALID' }))
  expect(tagRef('engine-v1.2.0')).toBe('refs/tags/engine-v1.2.0')
})
