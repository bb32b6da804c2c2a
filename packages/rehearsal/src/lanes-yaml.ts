import type { ConsumerSpec, EstateRecord } from './estate.ts'
import { gemsUrlOf, platformUrlOf, storeUrlOf } from './estate.ts'
import type { Layout } from './layout.ts'
import { forgeUrlOf } from './people.ts'
import { deployWorkflow } from './repositories/deploy-workflow.ts'
import { gemCheck, gemName } from './repositories/gem.ts'
import { rubyCheck } from './repositories/ruby-app.ts'

/** lanes.yaml of an estate: complete, commented, and the one that the rehearsal's train really travels by. */
export function writeLanesYaml(layout: Layout, record: EstateRecord): string {
  const isFull = record.size === 'full'
  const { formalities } = record
  return [
    record.store === undefined
      ? '# The throwaway estate of a rehearsal. Everything it names lies below the folder of this file.'
      : '# The throwaway estate of a rehearsal. All but its store lies below the folder of this file.',
    'version: 1',
    `estate: ${record.estateName}`,
    storeLine(layout, record),
    '',
    'people:',
    '  ana: {}',
    formalities === undefined
      ? '  carl: {}'
      : `  ${formalities.approver}: { signing_key: ${JSON.stringify(formalities.approverKey)} }`,
    '  fleet: { kind: agent }',
    '',
    'repos:',
    ...repoLines(layout, {
      name: record.producer,
      manager: record.producerManager,
      forge: forgeOf(record, true),
      checks: [`${record.producerManager} test`, ...(record.gemPort === undefined ? [] : [gemCheck])],
    }),
    ...record.consumers.flatMap(({ name, manager, isProtected }) =>
      repoLines(layout, {
        name,
        manager,
        forge: forgeOf(record, isProtected === true),
        checks: [checks[manager]],
      }),
    ),
    '',
    'lanes:',
    '  release_train:',
    '    use: release_train',
    '    captains: [ana]',
    formalities === undefined
      ? '    approval: { actions: [publish, deploy], by: [ana], requester_may_approve: true }'
      : `    approval: { actions: [publish, deploy], by: [${formalities.approver}], signed: true }`,
    '',
    'trains:',
    '  engine:',
    '    lane: release_train',
    '    producer:',
    `      repo: ${record.producer}`,
    '      publish:',
    ...record.packages.map(
      ({ name }) =>
        `        - { package: ${JSON.stringify(name)}, ecosystem: npm, tag: ${JSON.stringify(tagOf(name))}${formalities === undefined ? '' : ', staged: true'} }`,
    ),
    ...(record.gemPort === undefined
      ? []
      : [
          `        - { package: ${gemName}, ecosystem: rubygems, registry: ${JSON.stringify(gemsUrlOf(record.gemPort))}, tag: ${JSON.stringify(tagOf(gemName))} }`,
        ]),
    '    consumers:',
    ...record.consumers.flatMap((consumer, at) => consumerLines(record, consumer, isFull && at === 0)),
    '',
  ].join('\n')
}

export function storeLine(layout: Layout, record: Pick<EstateRecord, 'store'>): string {
  return `store: ${JSON.stringify(storeUrlOf(layout, record))}`
}

/** `@rehearsal/engine` is tagged `engine-v1.1.0`. */
export function tagOf(packageName: string, version = '{version}'): string {
  return `${packageName.replace('@rehearsal/', '')}-v${version}`
}

const setups = {
  // Trying what was packed installs the gems beside the app.
  bundler: '',
  npm: 'npm ci',
  pnpm: 'pnpm install --frozen-lockfile',
  yarn: 'yarn install --immutable',
  'yarn-classic': 'yarn install --frozen-lockfile',
} as const satisfies Record<ConsumerSpec['manager'], string>

const checks = {
  bundler: rubyCheck,
  npm: 'npm test',
  pnpm: 'pnpm test',
  yarn: 'yarn test',
  'yarn-classic': 'yarn test',
} as const satisfies Record<ConsumerSpec['manager'], string>

function repoLines(
  layout: Layout,
  repo: {
    readonly name: string
    readonly manager: ConsumerSpec['manager']
    readonly forge: string
    readonly checks: readonly string[]
  },
): string[] {
  return [
    `  ${repo.name}:`,
    `    remote: ${JSON.stringify(`file://${layout.remote(repo.name)}`)}`,
    `    path: ${JSON.stringify(layout.checkout(repo.name))}`,
    '    main: main',
    `    forge: ${repo.forge}`,
    `    setup: [${setups[repo.manager]}]`,
    `    checks: [${repo.checks.join(', ')}]`,
  ]
}

function forgeOf({ formalities }: EstateRecord, isThere: boolean): string {
  if (formalities === undefined || !isThere) return 'none'
  return `{ github: ${JSON.stringify(forgeUrlOf(formalities.forgePort))} }`
}

function consumerLines(record: EstateRecord, consumer: ConsumerSpec, isConfigured: boolean): string[] {
  const { name, manager, after = [], isProtected, deploysBy } = consumer
  const url = `${platformUrlOf(record.platformPort)}/apps/${name}/version`
  return [
    `      - repo: ${name}`,
    ...(after.length === 0 ? [] : [`        after: [${after.join(', ')}]`]),
    record.formalities !== undefined && isProtected === true
      ? `        adopt: { manager: ${manager}, via: pull_request, within: 2m }`
      : `        adopt: { manager: ${manager}, via: push }`,
    ...(isConfigured ? configureLines : []),
    '        deploy:',
    ...(record.formalities !== undefined && deploysBy === 'workflow'
      ? [`          strategy: { github_workflow: { file: ${deployWorkflow}, inputs: { sha: "{sha}" } } }`]
      : ['          strategy: command', '          run: bin/deploy --sha {sha}']),
    '          previous: bin/deploy --current',
    '          rollback: bin/deploy --sha {previous_sha}',
    `          verify: { url: ${JSON.stringify(url)}, expect: { json: { sha: "{sha}" } }, reads: 3, within: 30s }`,
  ]
}

const configureLines = [
  '        configure:',
  '          - name: engine-flag',
  '            action: env_var',
  '            observe: bin/config get ENGINE_FLAG',
  '            expect: ["", "off"]',
  '            goal: "on"',
  '            apply: bin/config set ENGINE_FLAG on',
  '            undo: bin/config set ENGINE_FLAG off',
]
