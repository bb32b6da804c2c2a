import { describe, expect, it } from 'vitest'
import { isOfPullRequest, type JudgedPullRequest } from './pull-request.ts'

const people = new Map([
  ['ana', { forge: 'Ana-Acme' }],
  ['carl', { forge: null }],
])
const pull: JudgedPullRequest = { repo: 'shop', number: 12, author: 'ana-acme', ownBranch: 'ABC-1' }
const claim = { task: null, untilMerged: null, person: null }

describe('a claim is a pull request’s', () => {
  it('where it lives with it, is for it, for the task of its branch, or its author holds it', () => {
    const own = [
      { ...claim, untilMerged: 'shop#12' },
      { ...claim, task: 'shop#12' },
      { ...claim, task: 'ABC-1' },
      { ...claim, person: 'ana' },
    ]

    expect(own.map((each) => isOfPullRequest(each, pull, people))).toEqual([true, true, true, true])
  })

  it('and not where it is of another one, another task, a branch of a fork, or somebody the forge does not know', () => {
    const foreign = [
      { ...claim, untilMerged: 'admin#12' },
      { ...claim, task: 'ABC-2' },
      { ...claim, person: 'carl' },
      { ...claim, person: 'zoe' },
      claim,
    ]
    const gone = { ...pull, author: null, ownBranch: null }

    expect(foreign.map((each) => isOfPullRequest(each, pull, people))).toEqual(foreign.map(() => false))
    expect(isOfPullRequest({ ...claim, task: 'ABC-1', person: 'carl' }, gone, people)).toBe(false)
    // Neither says anything: that is no agreement.
    expect(isOfPullRequest(claim, { ...pull, ownBranch: null }, people)).toBe(false)
  })
})
