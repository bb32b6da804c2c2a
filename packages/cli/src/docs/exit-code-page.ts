import { exitCodeOfKill9 } from '@conduct/core'
import { listExitCodes } from '../help/exit-meanings.ts'

/** What a script may conclude from how a command ended. */
export function exitCodePage(): string {
  const rows = listExitCodes().map(({ exit, meaning, byThen }) => `| ${exit} | ${meaning} | ${byThen} |`)
  return [
    '# Exit codes',
    '',
    'They are public API: none ever changes its meaning. With `--json` the same number stands in `exit`; `ok` is true for 0 and 10.',
    '',
    '| code | meaning | by then |',
    '|---|---|---|',
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
