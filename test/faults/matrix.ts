/**
 * What becomes of a run when something outside has a bad day: every external × every fault, each with the tests that
 * pin how the run ends, or why it cannot be. `test/architecture` holds the table against the tests and the README.
 */
export const faults = [
  'unreachable',
  'slow',
  '5xx once',
  '5xx for ever',
  'acts, then fails the answer',
  'answers stale data',
  'answers by half',
] as const
export type Fault = (typeof faults)[number]

export const externals = [
  'git remote',
  'npm registry',
  'gem server',
  'forge',
  'workflow that deploys',
  'deploy command',
  'verification URL',
] as const
export type External = (typeof externals)[number]

export interface ShownBy {
  readonly file: string
  /** As it stands in the file. */
  readonly test: string
}

export type Cell =
  /** How runs end, and on which code; a better day's resume then finishes each of them once. */
  { readonly ends: readonly string[]; readonly shownBy: readonly ShownBy[] } | { readonly cannotBe: string }

const shown = (ends: readonly string[], file: string, ...tests: readonly string[]): Cell => ({
  ends,
  shownBy: tests.map((test) => ({ file, test })),
})
const and = (...cells: readonly Cell[]): Cell => ({
  ends: [...new Set(cells.flatMap((cell) => ('ends' in cell ? cell.ends : [])))],
  shownBy: cells.flatMap((cell) => ('ends' in cell ? cell.shownBy : [])),
})

const git = 'test/faults/git-remote.test.ts'
const npm = 'test/faults/npm-registry.test.ts'
const gem = 'test/faults/gem-server.test.ts'
const pulls = 'test/conductor/pull-request.test.ts'
const limits = 'test/forge/limits.test.ts'
const workflow = 'test/faults/deploy-workflow.test.ts'
const deploy = 'test/conductor/deploy-faults.test.ts'
const address = 'test/faults/verification-url.test.ts'

const done = '0'
const refused = '3 PREFLIGHT_REFUSED'
const remoteAway = '30 REMOTE_UNREACHABLE'
const registryAway = '7 REGISTRY_UNREACHABLE'
const open = '7 OUTCOME_UNKNOWN'
const notDeployed = '1 STEP_COMMAND_FAILED'
const inconclusive = '9 VERIFY_INCONCLUSIVE'

export const matrix = {
  'git remote': {
    unreachable: shown([remoteAway], git, 'is unreachable', 'is gone for the push'),
    slow: and(
      shown([done], git, 'answers late'),
      shown([remoteAway], 'packages/git/src/mirror.test.ts', 'is given up when nothing was heard'),
    ),
    '5xx once': and(
      shown([done], git, 'answers one question with 503'),
      shown([remoteAway], git, 'answers 503 to the push'),
    ),
    '5xx for ever': shown([remoteAway], git, 'answers 503 for ever'),
    'acts, then fails the answer': shown(
      [done],
      git,
      'takes the push and loses the answer',
      'takes the push and answers 502',
    ),
    'answers stale data': shown(['7 DEPLOY_INEFFECTIVE'], git, 'a list that stays behind'),
    'answers by half': and(
      shown([remoteAway], git, "day: 'answers by half'"),
      shown([done], git, 'takes the push and answers by half'),
    ),
  },
  'npm registry': {
    unreachable: and(
      shown([refused], npm, 'is unreachable'),
      shown([registryAway], npm, 'is gone for the publish'),
    ),
    slow: and(
      shown([done], npm, 'answers late'),
      shown([registryAway], npm, 'never answers the publish'),
      shown(
        [],
        'packages/ecosystems/src/registry/observe.test.ts',
        'is unknown when nothing is heard in time',
      ),
    ),
    '5xx once': and(
      shown([done], npm, 'answers 500 to one question'),
      shown([registryAway], npm, 'answers 503 to the publish'),
    ),
    '5xx for ever': shown([refused], npm, 'answers 500 for ever'),
    'acts, then fails the answer': shown(
      [done],
      npm,
      'takes the publish and loses the answer',
      'takes the publish and answers 502',
    ),
    'answers stale data': shown(['7 AWAIT_TIMEOUT'], npm, 'does not show what was published'),
    'answers by half': and(
      shown([refused], npm, 'answers every question by halves'),
      shown([done], npm, 'answers one question by half', 'takes the publish and answers by half'),
    ),
  },
  'gem server': {
    unreachable: and(
      shown([refused], gem, 'is unreachable'),
      shown([registryAway], gem, 'is gone for the push'),
    ),
    slow: and(
      shown([done], gem, 'answers late'),
      shown([registryAway], gem, 'never answers the push'),
      shown(
        [],
        'packages/ecosystems/src/registry/compact-index.test.ts',
        'is unknown when nothing is heard in time',
      ),
    ),
    '5xx once': and(
      shown([done], gem, 'answers 500 to one question'),
      shown([registryAway], gem, 'answers 503 to the push'),
    ),
    '5xx for ever': shown([refused], gem, 'answers 500 for ever'),
    'acts, then fails the answer': shown(
      [done],
      gem,
      'takes the push and loses the answer',
      'takes the push and answers 502',
    ),
    'answers stale data': shown(['7 AWAIT_TIMEOUT'], gem, 'an index that stays behind is waited for'),
    'answers by half': and(
      shown([refused], gem, 'answers every question by half', 'by half and calls it whole'),
      shown(
        [],
        'packages/ecosystems/src/registry/compact-index.test.ts',
        'an index that was cut at the end of a line says nothing of what is missing',
      ),
      shown([done], gem, 'answers one question by half', 'takes the push and answers by half'),
    ),
  },
  forge: {
    unreachable: shown([refused], workflow, 'is unreachable'),
    slow: and(
      shown(['7 MERGE_WAITING'], pulls, 'waits for a check that does not report'),
      shown([], limits, 'does not wait for ever for an answer'),
    ),
    '5xx once': shown([done], pulls, 'is asked again when it fails once at every question'),
    '5xx for ever': and(
      shown([refused], pulls, 'stops the run before anything, when it fails for ever'),
      shown(['7 FORGE_UNREACHABLE'], pulls, 'stops the run part-way when it goes away'),
    ),
    'acts, then fails the answer': and(
      shown([done], pulls, 'is asked again when it fails once at every question'),
      shown(['7 FORGE_UNREACHABLE'], pulls, 'leaves a merge that nobody saw end'),
    ),
    'answers stale data': shown(
      [done],
      pulls,
      'is not believed where its answers are old or stop in the middle',
    ),
    'answers by half': shown(
      [done],
      pulls,
      'is not believed where its answers are old or stop in the middle',
    ),
  },
  'workflow that deploys': {
    unreachable: and(
      shown([refused], workflow, 'is unreachable'),
      shown([open], workflow, 'dies at the dispatch', 'is unreachable once it was dispatched'),
    ),
    slow: shown([open], workflow, 'takes longer than it may'),
    '5xx once': and(
      shown([done], workflow, 'answers 502 once to every question'),
      shown([open], workflow, 'answers 503 to the dispatch'),
    ),
    '5xx for ever': and(
      shown([refused], workflow, 'answers 503 for ever'),
      shown([open], workflow, 'answers 503 to every look at the run'),
    ),
    'acts, then fails the answer': shown(
      [done],
      workflow,
      'takes the dispatch and loses the answer',
      'takes the dispatch and answers 502',
    ),
    'answers stale data': shown([open], workflow, 'does not show the run'),
    'answers by half': and(
      shown([done], workflow, 'answers every question once by half'),
      shown([open], workflow, 'answers every look at the run by half'),
      shown(['30 OUTCOME_UNKNOWN'], workflow, 'shows no list of runs'),
    ),
  },
  'deploy command': {
    unreachable: shown([notDeployed], deploy, "fault: 'unreachable',\n    place"),
    slow: shown([notDeployed], deploy, "fault: 'slow',\n    place"),
    '5xx once': shown([notDeployed], deploy, "fault: '5xx once',\n    place"),
    '5xx for ever': shown([notDeployed], deploy, "fault: '5xx for ever',\n    place"),
    'acts, then fails the answer': shown([done], deploy, "fault: 'acts and then fails the answer'"),
    'answers stale data': shown(['7 DEPLOY_INEFFECTIVE'], deploy, "fault: 'stale data',\n    place"),
    'answers by half': shown(['7 EXPECTED_STATE'], deploy, "fault: 'a half answer',\n    place"),
  },
  'verification URL': {
    unreachable: and(
      shown([refused], address, 'is unreachable'),
      shown([inconclusive], deploy, "fault: 'unreachable',\n    answer"),
    ),
    slow: shown([inconclusive], deploy, "fault: 'slow',\n    answer"),
    '5xx once': and(
      shown([done], address, 'answers 503 once'),
      shown([done], deploy, "fault: '5xx once',\n    answer"),
    ),
    '5xx for ever': and(
      shown([refused], address, 'answers 503 for ever'),
      shown([inconclusive], deploy, "fault: '5xx for ever',\n    answer"),
    ),
    'acts, then fails the answer': { cannotBe: 'it is only read' },
    'answers stale data': and(
      shown(['9 VERIFY_FAILED'], deploy, "fault: 'stale data',\n    answer"),
      shown([inconclusive], deploy, "fault: 'a stale cache that says so'"),
    ),
    'answers by half': shown([inconclusive], deploy, "fault: 'a half answer',\n    answer"),
  },
} as const satisfies Record<External, Record<Fault, Cell>>

/** The table for people. */
export function faultsTable(): string {
  const rows = externals.map((external) => [
    external,
    ...faults.map((fault) => {
      const cell: Cell = matrix[external][fault]
      return 'cannotBe' in cell ? `– (${cell.cannotBe})` : cell.ends.map(codeOf).join(', ')
    }),
  ])
  return [['', ...faults], ['---', ...faults.map(() => '---')], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** `7 AWAIT_TIMEOUT` → the exit code, and the error's in quotes of code. */
function codeOf(end: string): string {
  const [exit = '', code] = end.split(' ')
  return code === undefined ? exit : `${exit} \`${code}\``
}
