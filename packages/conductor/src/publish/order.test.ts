import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextToPublish, type Publishable } from './order.ts'

const one = (name: string, staged: boolean, needs: readonly string[] = []): Publishable => ({
  name,
  staged,
  discovered: { needs },
})

/** Everything that happens until the end: `+a` published, `~a` staged, `!` a person approves all that waits. */
function played(artifacts: readonly Publishable[]): readonly string[] {
  const live = new Set<string>()
  const waiting = new Set<string>()
  const moves: string[] = []
  while (live.size < artifacts.length) {
    const next = nextToPublish(artifacts, { live, waiting })
    if (next === null) {
      if (waiting.size === 0) throw new Error(`stuck after ${moves.join(' ')}`)
      moves.push('!')
      for (const name of waiting) live.add(name)
      waiting.clear()
    } else if (next.staged) {
      moves.push(`~${next.name}`)
      waiting.add(next.name)
    } else {
      moves.push(`+${next.name}`)
      live.add(next.name)
    }
  }
  return moves
}

describe('the next package to publish', () => {
  test.each([
    ['in order where all are published directly', [one('a', false), one('b', false, ['a'])], '+a +b'],
    [
      'all staged under one approval',
      [one('a', true), one('b', true, ['a']), one('c', true, ['b'])],
      '~a ~b ~c !',
    ],
    ['direct after what it needs was approved', [one('a', true), one('b', false, ['a'])], '~a ! +b'],
    ['staged after what it needs is live', [one('a', false), one('b', true, ['a'])], '+a ~b !'],
    [
      'staged over a direct one over a staged one: two approvals',
      [one('a', true), one('b', false, ['a']), one('c', true, ['b'])],
      '~a ! +b ~c !',
    ],
    [
      'directly what nothing staged needs only after the word of who may still refuse',
      [one('a', false), one('b', true), one('c', false)],
      '~b ! +a +c',
    ],
    [
      'under one approval, also where something staged needs what is published directly',
      [one('a', false), one('b', true, ['a']), one('c', true)],
      '~c +a ~b !',
    ],
  ])('%s', (_case, artifacts, expected) => {
    expect(played(artifacts).join(' ')).toBe(expected)
  })

  test('never makes anything visible before what it needs, whatever the mixture', () => {
    const workspaces = fc
      .array(fc.record({ staged: fc.boolean(), needs: fc.array(fc.nat(7)) }), { minLength: 1, maxLength: 8 })
      .map((all) =>
        all.map(({ staged, needs }, index) =>
          one(
            `p${index}`,
            staged,
            [...new Set(needs.filter((need) => need < index))].map((need) => `p${need}`),
          ),
        ),
      )

    fc.assert(
      fc.property(workspaces, (artifacts) => {
        const moves = played(artifacts)
        const shownAt = (artifact: Publishable): number =>
          artifact.staged
            ? moves.indexOf('!', moves.indexOf(`~${artifact.name}`))
            : moves.indexOf(`+${artifact.name}`)
        for (const artifact of artifacts) {
          for (const name of artifact.discovered.needs) {
            const needed = artifacts.find((other) => other.name === name)
            if (needed === undefined) continue
            expect(shownAt(needed)).toBeLessThanOrEqual(shownAt(artifact))
          }
        }
      }),
    )
  })
})
