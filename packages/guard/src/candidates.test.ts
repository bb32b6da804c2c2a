import { describe, expect, it } from 'vitest'
import {
  type CandidateDocument,
  candidateWindowMs,
  type CandidateWork,
  countWork,
  othersIn,
} from './candidates.ts'

const work = (person: string, more: Partial<CandidateWork> = {}): CandidateWork => ({
  person,
  repo: 'shop',
  branch: `${person}-branch`,
  paths: [{ path: `db/seeds/${person}.rb`, blob: 'b1' }],
  ...more,
})
const minute = 60_000

/** Looks one after the other; what the last one found, and what is kept. */
function after(...looks: readonly (readonly [work: CandidateWork, nowMs: number, over?: string])[]) {
  let document: CandidateDocument | null = null
  let counted: readonly string[] = []
  let writes = 0
  for (const [each, nowMs, over] of looks) {
    const isOver = ({ person }: CandidateWork) => person === over
    const found = countWork(document, each, { nowMs, isOver, isOnBehalf: false })
    document = found.write ?? document
    writes += found.write === null ? 0 : 1
    counted = found.counted.map(({ sides }) => sides.map(({ person }) => person).join(' and '))
  }
  return { document, counted, writes, total: document?.counted ?? 0 }
}

describe('conflicts in a candidate', () => {
  it('are two people in one repository within the window, with who was first, where, and which paths', () => {
    const found = after([work('ana'), 0], [work('carl'), 5 * minute])

    expect(found.total).toBe(1)
    expect(found.document?.conflicts).toMatchObject([
      {
        atMs: 5 * minute,
        repo: 'shop',
        sides: [
          { person: 'ana', branch: 'ana-branch', paths: ['db/seeds/ana.rb'] },
          { person: 'carl', branch: 'carl-branch', paths: ['db/seeds/carl.rb'] },
        ],
      },
    ])
  })

  it('are none of one person, of two repositories, or of two days', () => {
    expect(after([work('ana'), 0], [work('ana', { branch: 'other' }), 1]).total).toBe(0)
    expect(after([work('ana'), 0], [work('carl', { repo: 'admin' }), 1]).total).toBe(0)
    expect(after([work('ana'), 0], [work('carl'), candidateWindowMs]).total).toBe(0)
    expect(after([work('ana'), 0], [work('carl'), candidateWindowMs - 1]).total).toBe(1)
  })

  it('count once, however often and from which side they are looked at, and most looks write nothing', () => {
    const looks = Array.from({ length: 10 }, (_, at) => [work('carl'), 2 + at] as const)
    const found = after([work('ana'), 0], ...looks, [work('ana'), 20])

    expect(found.total).toBe(1)
    expect(found.counted).toEqual([])
    expect(found.writes).toBe(2)
  })

  it('count again for another change: another branch, or the same after a pause of the whole window', () => {
    const two = after([work('ana'), 0], [work('carl'), 1], [work('carl', { branch: 'second' }), 2])
    const again = after(
      [work('ana'), 0],
      [work('carl'), 1],
      [work('ana'), candidateWindowMs + 2],
      [work('carl'), candidateWindowMs + 3],
    )

    expect(two.total).toBe(2)
    expect(again.total).toBe(2)
  })

  it('end with the merge: who builds on the other’s work meets nothing, and what the other does next is a new change', () => {
    const merged = after([work('ana'), 0], [work('carl'), 1, 'ana'])
    const next = after([work('ana'), 0], [work('carl'), 1, 'ana'], [work('ana'), 2])

    expect(merged.total).toBe(0)
    expect(merged.document?.touches.map(({ person }) => person)).toEqual(['carl'])
    expect(next.counted).toEqual(['carl and ana'])
  })

  it('take a branch that was seen for its maker’s, when a job looks at it on their behalf', () => {
    const { document } = after([work('cli:root', { branch: 'feature' }), 0])
    const look = { nowMs: 1, isOver: () => false, isOnBehalf: true }
    const own = countWork(document, work('ana', { branch: 'feature' }), look)
    const other = countWork(document, work('ana', { branch: 'other' }), look)

    expect(own).toEqual({ write: null, counted: [], known: [] })
    expect(other.counted).toHaveLength(1)
  })

  it('keep what a change became: a later look replaces the blob of a path and keeps the others', () => {
    const again = work('ana', { paths: [{ path: 'db/seeds/b.rb', blob: null }] })
    const { document } = after([work('ana'), 0], [again, 1])

    expect(document?.touches).toMatchObject([
      {
        sinceMs: 0,
        lastMs: 1,
        paths: [
          { path: 'db/seeds/ana.rb', blob: 'b1' },
          { path: 'db/seeds/b.rb', blob: null },
        ],
      },
    ])
    expect(othersIn(document, work('carl'), 2)).toHaveLength(1)
  })
})
