import type { Approval } from '@conduct/core'

/** What kind of proof an approval is, in a few words. */
export function proofText(approval: Approval): string {
  switch (approval.proof) {
    case 'attributed':
      return 'attributed, not proved'
    case 'ssh':
      return `SSH signature, key ${approval.key}`
    case 'forge':
      return `given at the forge: ${approval.url}`
    default:
      return approval satisfies never
  }
}
