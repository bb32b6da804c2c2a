import { type ExitCode, exitCodes } from '@conduct/core'

/** What each exit code says, and what was, or was not, done by then. `explain`, `help exit-codes` and the docs say the same. */
export const exitMeanings = {
  done: {
    meaning:
      'Done, acquired, nothing to do, or (`when_held: skip`) stepped aside: `outcome` in the JSON says which.',
    byThen: 'What was asked for is done.',
  },
  failed: { meaning: 'Failed.', byThen: 'Nothing irreversible was done in this run.' },
  usage: {
    meaning: 'The command line or lanes.yaml is wrong.',
    byThen: 'Nothing was changed.',
  },
  preflight: {
    meaning: 'Preflight or a check refused.',
    byThen: 'Nothing irreversible was done in this run.',
  },
  notFound: {
    meaning: 'No such lane, claim, task, train, plan, run or code.',
    byThen: 'Nothing was changed.',
  },
  approval: {
    meaning: 'An approval is missing, refused, expired or void. The run waits; `resume` goes on.',
    byThen: 'Nothing irreversible was done in this run.',
  },
  stoppedPartWay: {
    meaning: 'Stopped part-way after something irreversible. `resume` finishes it.',
    byThen:
      'Something irreversible was done; `conduct status <run>` says what. It is not done a second time.',
  },
  interrupted: {
    meaning: 'Interrupted cleanly (Ctrl-C, SIGTERM). `resume` finishes it.',
    byThen: 'Nothing irreversible was done in this run.',
  },
  verification: {
    meaning: 'Deployed, but verification failed or was inconclusive.',
    byThen: 'It is published and deployed; `conduct status <run>` says where.',
  },
  held: {
    meaning:
      'The lane is held: `outcome` is `queued` or `refused`, with the holder, your place and an estimate. An answer, not an error: `ok` is true.',
    byThen: 'At most your place in line was written down.',
  },
  leaseLost: {
    meaning: 'The lease was lost.',
    byThen: 'No effect was started after the lease was lost; what was done before it is in the journal.',
  },
  guard: {
    meaning: 'The guard or the review refuses.',
    byThen: 'Nothing was changed: the commit, push or command did not happen.',
  },
  expectedState: {
    meaning: 'The expected state was not met: somebody else moved it.',
    byThen: 'Nothing irreversible was done in this run; what somebody else did stays as it is.',
  },
  unreachable: {
    meaning: 'The outside could not be reached. Nothing is known, neither held nor free; try again.',
    byThen: 'Nothing irreversible was done in this run. Doing it again is safe.',
  },
  bug: {
    meaning: 'A bug in conduct; it says where the report is.',
    byThen: 'What was done is in the journal; `conduct resume` looks before it acts.',
  },
} as const satisfies Record<keyof typeof exitCodes, { readonly meaning: string; readonly byThen: string }>

export interface ExitMeaning {
  readonly exit: ExitCode
  readonly meaning: string
  readonly byThen: string
}

export function listExitCodes(): readonly ExitMeaning[] {
  return (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).map((name) => ({
    exit: exitCodes[name],
    ...exitMeanings[name],
  }))
}

export function byThenOf(exit: ExitCode): string {
  return listExitCodes().find((one) => one.exit === exit)?.byThen ?? ''
}
