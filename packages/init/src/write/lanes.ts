import type { DeployFact, RepoFacts } from '../facts.ts'
import type { MigrationLane } from '../propose/migration-lanes.ts'
import type { ProposedTrain } from '../propose/trains.ts'
import { comment, indented, list, proposed, remarked, scalar } from './page.ts'

interface Options {
  readonly captain: string
  readonly repos: readonly RepoFacts[]
}

export function migrationLaneLines(lane: MigrationLane, { captain, repos }: Options): readonly string[] {
  const { name, kind, tools, paths, commands, verify, remarks } = lane
  const dialect = kind === 'rails' || kind === 'postgres' || kind === 'other' ? null : kind
  const lines = [
    `${name}:`,
    ...indented(
      [
        ...(kind === 'rails'
          ? ['use: rails_migrations']
          : remarked('use: sql_migrations', 'one turn per repo, for up to 4 hours at a time')),
        `captains: ${list([captain])}`,
        'triggers:',
        ...indented(
          [
            ...(repos.length > 1 ? [`repos: ${list(lane.repos)}`] : []),
            ...(kind === 'rails' ? [] : [`flags: ${list([lane.flag])}`]),
            `paths: ${list(paths)}`,
            ...(commands.length === 0 ? [] : [`commands: ${list(commands)}`]),
          ],
          2,
        ),
        ...(dialect === null && verify === null
          ? []
          : [
              `batching: { ${[dialect === null ? null : `dialect: ${dialect}`, verify === null ? null : `verify: ${scalar(verify)}`].filter((part) => part !== null).join(', ')} }`,
            ]),
      ],
      2,
    ),
  ]
  return [
    ...comment(
      `Schema changes by ${tools.join(', ')} in ${lane.repos.join(', ')}, one at a time per repo: two branches that both add one make two schemas, and whoever merges second ships a schema that nobody tested.`,
    ),
    ...remarks.flatMap((remark) => comment(`${remark}.`)),
    ...(lane.isSure
      ? lines
      : [...comment('By their names only; take the "# " away, if they are migrations.'), ...proposed(lines)]),
  ]
}

const publishCommands = {
  npm: ['npm publish *'],
  pnpm: ['pnpm publish *', 'npm publish *'],
  yarn: ['yarn npm publish *', 'npm publish *'],
  'yarn-classic': ['yarn publish *', 'npm publish *'],
} as const

export function releaseLaneLines(
  trains: readonly ProposedTrain[],
  { captain, repos }: Options,
): readonly string[] {
  const commands = [...new Set([...publishing(trains), ...deploying(repos)])]
  return [
    ...comment(
      'Publishing, adopting and deploying one release. A claim covers the repos that a train touches: trains over other repos travel at the same time. A captain approves the plan before anything irreversible.',
    ),
    'release_train:',
    ...indented(
      [
        'use: release_train',
        `captains: ${list([captain])}`,
        ...(commands.length === 0
          ? []
          : [
              'triggers:',
              ...indented(
                [
                  ...comment('By hand, too: guard --command and the hooks of coding agents stop these.'),
                  `commands: ${list(commands)}`,
                ],
                2,
              ),
            ]),
      ],
      2,
    ),
  ]
}

function publishing(trains: readonly ProposedTrain[]): readonly string[] {
  return trains.flatMap(({ packages, producer }) => [
    ...(packages.some(({ ecosystem }) => ecosystem === 'npm')
      ? publishCommands[producer.survey.npm?.manager ?? 'npm']
      : []),
    ...(packages.some(({ ecosystem }) => ecosystem === 'rubygems')
      ? ['gem push *', 'rake release *', 'bundle exec rake release *']
      : []),
  ])
}

function deploying(repos: readonly RepoFacts[]): readonly string[] {
  return repos.flatMap(({ deploys }) => deploys.flatMap(({ trigger }: DeployFact) => trigger ?? []))
}
