import { ConductError } from '@conduct/core'

/**
 * The rules of `git check-ref-format`, and ours: nothing starts with a dash, so that no name is ever read as an
 * option.
 */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what git forbids here
const forbidden = /[\u0000-\u0020\u007F ~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$/

/** What is wrong with a short branch or tag name, as the end of a sentence; null when it is good. */
export function refNameProblem(name: string): string | null {
  if (name === '') return 'is empty'
  if (name === '@') return 'is a lone @'
  if (name === 'HEAD') return 'is HEAD'
  if (name.startsWith('-')) return 'starts with a dash'
  if (forbidden.test(name)) return 'has a character or a sequence that git forbids'
  if (name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'))) {
    return 'has a part that starts with a dot or ends with .lock'
  }
  return null
}

/** @throws ConductError GIT_REF_INVALID */
export function branchRef(name: string): string {
  requireRefName(name)
  return `refs/heads/${name}`
}

/** @throws ConductError GIT_REF_INVALID */
export function tagRef(name: string): string {
  requireRefName(name)
  return `refs/tags/${name}`
}

/** A full ref name. @throws ConductError GIT_REF_INVALID */
export function requireFullRef(ref: string): void {
  if (!/^refs\/[^/]+\/./.test(ref)) throw invalid(ref, 'is no full ref name (refs/heads/…, refs/tags/…)')
  requireRefName(ref.replace(/^refs\/[^/]+\//, ''))
}

function requireRefName(name: string): void {
  const problem = refNameProblem(name)
  if (problem !== null) throw invalid(name, problem)
}

function invalid(name: string, problem: string): ConductError {
  return new ConductError('GIT_REF_INVALID', `the name ${JSON.stringify(name)} ${problem}`, {
    details: { name },
  })
}
