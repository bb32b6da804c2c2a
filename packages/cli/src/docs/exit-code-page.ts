import { type ExitCode, exitCodes, exitCodeOfKill9 } from '@conduct/core'

const meanings = {
  done: 'Done, acquired, nothing to do, or (`when_held: skip`) stepped aside: `outcome` in the JSON says which.',
  failed: 'Failed.',
  usage: 'The command line or lanes.yaml is wrong. Nothing was opened or changed.',
  preflight: 'Preflight or a check refused.',
  notFound: 'No such lane, claim, train, plan, run or code.',
  approval: 'An approval is missing, refused, expired or void. The run waits; `resume` goes on.',
  stoppedPartWay: 'Stopped part-way after something irreversible. `resume` finishes it.',
  interrupted: 'Interrupted cleanly (Ctrl-C, SIGTERM). `resume` finishes it.',
  verification: 'Deployed, but verification failed or was inconclusive.',
  held: 'The lane is held: `outcome` is `queued` or `refused`, with the holder, your place and an estimate. An answer, not an error: `ok` is true.',
  leaseLost: 'The lease was lost. No effect was started after that.',
  guard: 'The guard or the review refuses (with a later version).',
  expectedState: 'The expected state was not met: somebody else moved it.',
  unreachable: 'The outside could not be reached. Nothing is known, neither held nor free; try again.',
  bug: 'A bug in conduct; it says where the report is.',
} as const satisfies Record<keyof typeof exitCodes, string>

/** What a script may conclude from how a command ended. */
export function exitCodePage(): string {
  const rows = Object.entries(exitCodes).map(
    ([name, code]: [string, ExitCode]) => `| ${code} | ${meanings[name as keyof typeof exitCodes]} |`,
  )
  return [
    '# Exit codes',
    '',
    'They are public API: none ever changes its meaning. With `--json` the same number stands in `exit`; `ok` is true for 0 and 10.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
    '',
    'When several fit: 11 always wins. After something irreversible in this run it is 9 for a verification, else 7, and `error.code` has the cause. 1, 3, 6, 8, 13 and 30 promise that nothing irreversible happened in this run.',
    '',
    'Two commands pass on what happened to somebody else: `exec` exits as its command did once it ran (11 when the lease was lost), and a killed `rehearse` exits ' +
      `${exitCodeOfKill9}, as a shell shows a process that ended by \`kill -9\`.`,
    '',
    '## In a script',
    '',
    '```sh',
    'conduct lane acquire backend_migration --repo shop --json > answer.json',
    'case $? in',
    '  0)  ;;                                    # ours',
    '  10) echo "held, we are in line"; exit 0 ;;',
    '  30) echo "nothing known; again later"; exit 1 ;;',
    '  *)  exit 1 ;;',
    'esac',
    '```',
    '',
  ].join('\n')
}
