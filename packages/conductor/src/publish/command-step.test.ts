import { describe, expect, it } from 'vitest'
import type { ObservedVersion } from '@conduct/ecosystems'
import { anArtifact } from '../survey-fixture.ts'
import { judgeCommanded } from './command-step.ts'

const packed = { path: '/nowhere', integrity: 'sha512-ours', sizeBytes: 1 }
const live = (integrity: string): ObservedVersion => ({ state: 'present', integrity, tarball: null })

function judge(seen: ObservedVersion, given: { readonly isPacked: boolean; readonly isBegun: boolean }) {
  const artifact = { ...anArtifact(), packed: given.isPacked ? packed : null }
  return judgeCommanded(seen, { artifact, isBegun: given.isBegun })
}

describe('what a command shows of what it published', () => {
  it.each([
    // What was packed decides, whoever published it.
    ['sha512-ours', true, false, 'goal'],
    ['sha512-ours', true, true, 'goal'],
    ['sha512-theirs', true, true, 'other'],
    ['sha512-theirs', true, false, 'other'],
    // Nothing to compare with: only what this run has begun is its own.
    ['sha256-x', true, true, 'goal'],
    ['sha256-x', true, false, 'other'],
    ['digest:1', false, true, 'goal'],
    ['digest:1', false, false, 'other'],
  ] as const)('%s, packed: %s, begun by this run: %s: is %s', (integrity, isPacked, isBegun, state) => {
    expect(judge(live(integrity), { isPacked, isBegun })).toMatchObject({ state })
  })

  it('is no goal and no expectation while it cannot be read', () => {
    const silent: ObservedVersion = { state: 'unknown', reason: 'exit code 3' }

    expect(judge(silent, { isPacked: false, isBegun: true })).toEqual({
      state: 'unknown',
      evidence: 'exit code 3',
    })
  })

  it('names what stands in the way by its code', () => {
    expect(judge(live('sha512-theirs'), { isPacked: true, isBegun: true })).toMatchObject({
      error: { code: 'INTEGRITY_MISMATCH' },
    })
    expect(judge(live('digest:1'), { isPacked: false, isBegun: false })).toMatchObject({
      error: { code: 'EXPECTED_STATE', hint: expect.stringContaining('--version') as string },
    })
  })
})
