import type { Estate } from '../estate/open-estate.ts'
import type { CommandOutcome } from '../command.ts'

/** What every command that changes the line of a lane comes to: it was done, and where to look. */
export function lineChanged(options: {
  readonly estate: Estate
  readonly lane: string
  readonly data: object
  readonly sentence: string
}): CommandOutcome {
  const { estate, lane, data, sentence } = options
  return {
    exit: 0,
    data: { lane, ...data },
    text: () => `${sentence}\n`,
    next: `${estate.launcher} lane show ${lane}`,
  }
}
