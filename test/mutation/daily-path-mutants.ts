import type { Mutant } from './mutants.ts'

const guard = 'packages/guard/src'

/** Ways to break what people meet every day: leases that end with their reason, triggers that come twice, the guard. */
export const dailyPathMutants: readonly Mutant[] = [
  {
    name: 'concluded: whatever the claim was for',
    file: 'core/conclude.ts',
    find: "return because.kind === 'task' ? claim.task === because.task : claim.untilMerged === because.pullRequest",
    replace: 'return true',
    killer: { file: 'core/conclude.test.ts', test: 'does not concern a claim of another task' },
  },
  {
    name: 'concluded: under a process that works',
    file: 'core/conclude.ts',
    find: '  if (claim.attended || claim.run !== null) return false\n',
    replace: '',
    killer: {
      file: 'core/conclude.test.ts',
      test: 'does not concern a claim behind which a process works',
    },
  },
  {
    name: 'concluded: a claim that has moved on since',
    file: 'core/conclude.ts',
    find: 'holder.claim === claim && holder.token === token',
    replace: 'holder.claim === claim',
    killer: { file: 'core/conclude.test.ts', test: 'does not concern a claim that has moved on since' },
  },
  {
    name: 'a lease that lives with a pull request lapses',
    file: 'core/draft.ts',
    find: '  if (held.untilMerged !== undefined) return false\n',
    replace: '',
    killer: {
      file: 'core/conclude.test.ts',
      test: 'does not lapse, however long nobody renews it; one without does',
    },
  },
  {
    name: 'a trigger that comes again gets a claim',
    file: 'core/acquire.ts',
    find: '  if (same !== null) return coalesce(draft, base, same)\n',
    replace: '',
    killer: {
      file: 'core/coalesce.test.ts',
      test: 'gets no claim while the first waits, is offered its turn, holds, and after it has handed back',
    },
  },
  {
    name: 'a trigger whose work was not done never comes again',
    file: 'core/holding.ts',
    find: 'if (operation.isUndone !== true) rememberDone(draft, held)',
    replace: 'rememberDone(draft, held)',
    killer: {
      file: 'core/coalesce.test.ts',
      test: 'gets the claim where the first was handed back undone: its work was not done',
    },
  },
  {
    name: 'a trigger of a dead process is in the way',
    file: 'core/acquire.ts',
    find: '  if (base.trigger !== undefined) takeFromTheDead(draft, operation.provedDead)\n',
    replace: '',
    killer: {
      file: 'core/coalesce.test.ts',
      test: 'gets the claim where the first was of a process that is dead: its work was not done',
    },
  },
  {
    name: 'what went on without the store recorded twice',
    file: 'core/proceeded.ts',
    find: "  if (known.some(({ id }) => id === note.id)) return { kind: 'unchanged' }\n",
    replace: '',
    killer: {
      file: 'core/proceeded.test.ts',
      test: 'what went on without the store is one record, however often it is brought in, and changes nobody’s claim',
    },
  },
  {
    name: 'guard: an offer counts as a lease',
    file: `${guard}/judge.ts`,
    find: "mine.has(claim) && state === 'held'",
    replace: 'mine.has(claim)',
    killer: {
      file: `${guard}/judge.test.ts`,
      test: 'counts no offer and no place in line as a lease, and names the asker’s own',
    },
  },
  {
    name: 'guard: a lease of another repo is enough',
    file: `${guard}/judge.ts`,
    find: 'need.resources.every((each) => covered.has(each))',
    replace: 'own.length > 0',
    killer: {
      file: `${guard}/judge.test.ts`,
      test: 'counts only what covers the resource: another repo’s lease is none, and nobody’s hindrance',
    },
  },
  {
    name: 'guard: whoever the forge does not know is the author',
    file: `${guard}/pull-request.ts`,
    find: 'return login !== null && author !== null && login.toLowerCase() === author.toLowerCase()',
    replace: 'return login?.toLowerCase() === author?.toLowerCase()',
    killer: {
      file: `${guard}/pull-request.test.ts`,
      test: 'and not where it is of another one, another task, a branch of a fork, or somebody the forge does not know',
    },
  },
  {
    name: 'guard: the branch of a fork names the task',
    file: `${guard}/pull-request.ts`,
    find: 'if (claim.task !== null && claim.task === ownBranch) return true',
    replace: 'if (claim.task === ownBranch) return true',
    killer: {
      file: `${guard}/pull-request.test.ts`,
      test: 'and not where it is of another one, another task, a branch of a fork, or somebody the forge does not know',
    },
  },
  {
    name: 'guard: what is smuggled needs nothing',
    file: `${guard}/needs.ts`,
    find: '    return [{ ...need, because: [...need.because, ...because] }]\n',
    replace: '    return found\n',
    killer: {
      file: `${guard}/needs.test.ts`,
      test: 'is the lane of schema changes for what is smuggled, beside its other reasons, where the lane means the repository',
    },
  },
  {
    name: 'guard: every look at a conflict counts it',
    file: `${guard}/candidates.ts`,
    find: 'const counted = met.filter(({ key }) => !keys.has(key))',
    replace: 'const counted = met',
    killer: {
      file: `${guard}/candidates.test.ts`,
      test: 'count once, however often and from which side they are looked at, and most looks write nothing',
    },
  },
]
