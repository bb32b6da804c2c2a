import type { Signature } from '@conduct/git'

/** Author of commits and tags that a run makes. The time is the plan's, so that a resume makes the same object. */
export function conductSignature(wallMs: number): Signature {
  return { name: 'Conduct', email: 'conduct@localhost', wallMs }
}
