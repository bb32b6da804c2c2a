import { describe, expect, it } from 'vitest'
import type { LockedPackage } from '@conduct/ecosystems'
import { lockfileProblem } from './prove-lockfile.ts'

const wanted = { name: '@acme/engine', version: '4.3.0', integrity: 'sha512-new' }

function locked(...entries: readonly (readonly [string, string | null])[]): LockedPackage {
  return {
    package: '@acme/engine',
    manifests: [{ path: 'package.json', field: 'dependencies', range: '^4.2.0' }],
    locked: entries.map(([version, integrity]) => ({ version, integrity })),
    lockfile: 'pnpm-lock.yaml',
  }
}

describe('reading a lockfile back', () => {
  it('is content with our version and integrity', () => {
    expect(
      lockfileProblem(locked(['4.3.0', 'sha512-new']), wanted, locked(['4.2.3', 'sha512-old'])),
    ).toBeNull()
  })

  it('finds the update that ended well and kept the old version', () => {
    const problem = lockfileProblem(locked(['4.2.3', 'sha512-old']), wanted, locked(['4.2.3', 'sha512-old']))

    expect(problem).toBe('pnpm-lock.yaml holds @acme/engine 4.2.3, not 4.3.0')
  })

  it('finds another tarball of the same version', () => {
    expect(lockfileProblem(locked(['4.3.0', 'sha512-odd']), wanted, null)).toContain('sha512-odd')
  })

  it('finds an old version that stays beside the new one', () => {
    const both = locked(['4.2.3', 'sha512-old'], ['4.3.0', 'sha512-new'])

    expect(lockfileProblem(both, wanted, locked(['4.2.3', 'sha512-old']))).toContain('still holds')
    expect(lockfileProblem(both, wanted, locked(['3.0.0', null], ['4.2.3', null]))).toBeNull()
  })

  it('compares the integrity only where the lockfile and the registry both have one', () => {
    expect(lockfileProblem(locked(['4.3.0', null]), wanted, null)).toBeNull()
    expect(lockfileProblem(locked(['4.3.0', 'sha512-any']), { ...wanted, integrity: null }, null)).toBeNull()
  })
})
