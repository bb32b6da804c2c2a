const readyStates = new Set(['clean', 'unstable', 'has_hooks'])

/** What GitHub's word for the state of an open pull request means; null: its conditions hold. */
export function waitsFor(mergeState: string, base: string): string | null {
  if (readyStates.has(mergeState)) return null
  switch (mergeState) {
    case 'blocked':
      return 'required checks or reviews'
    case 'behind':
      return `its branch to be brought up to ${base}`
    case 'dirty':
      return `its conflicts with ${base} to be resolved`
    case 'draft':
      return 'somebody to mark it ready'
    case 'unknown':
      return 'the forge to work out whether it can be merged'
    default:
      return 'somebody to merge it'
  }
}
