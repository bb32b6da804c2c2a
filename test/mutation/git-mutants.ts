import type { Mutant } from './mutants.ts'

const inPackage = 'packages/git/src/ref-store.test.ts'
const atRemotes = 'test/integration/git-faults.test.ts'

export const gitMutants: readonly Mutant[] = [
  {
    name: 'git: bare --force-with-lease',
    file: 'packages/git/src/push.ts',
    // oxlint-disable-next-line no-template-curly-in-string -- it is the text of the file
    find: "`--force-with-lease=${options.ref}:${options.expect ?? ''}`",
    replace: "'--force-with-lease'",
    killer: {
      file: inPackage,
      test: 'is what git would have made: the strictest check of the remote takes it, and finds nothing afterwards',
    },
  },
  {
    name: 'git: a push without an expectation',
    file: 'packages/git/src/push.ts',
    // oxlint-disable-next-line no-template-curly-in-string -- it is the text of the file
    find: "`--force-with-lease=${options.ref}:${options.expect ?? ''}`",
    replace: "'--force'",
    killer: { file: inPackage, test: 'that expects what no longer stands there is lost as stale' },
  },
  {
    name: 'git: "up to date" taken for a win',
    file: 'packages/git/src/push.ts',
    find: "line.flag === '=' ? 'up_to_date' : 'pushed'",
    replace: "'pushed'",
    killer: { file: inPackage, test: 'of an identical commit is never taken for a win' },
  },
  {
    name: 'git: nonce removed',
    file: 'stores/git-envelope.ts',
    find: 'nonce: randomUUID(), document }',
    replace: "nonce: '', document }",
    killer: {
      file: atRemotes,
      test: 'with an identical document is not taken for that writer: one decides on the other’s write',
    },
  },
  {
    name: 'git: an unanswered push not read back',
    file: 'stores/git-swap.ts',
    find: 'if (won !== undefined) return won.result',
    replace: '',
    killer: {
      file: atRemotes,
      test: 'a connection that dies after the push was applied: found by reading back, and not done twice',
    },
  },
  {
    name: 'git: a late push forgotten',
    file: 'stores/git-swap.ts',
    find: "else if (answer.outcome === 'unknown') sent.push(candidate)",
    replace: '',
    killer: {
      file: atRemotes,
      test: 'nothing to push the second time, while the first may still arrive: unknown is said, not "nothing done"',
    },
  },
]
