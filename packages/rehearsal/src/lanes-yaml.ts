import type { ConsumerSpec, EstateRecord } from './estate.ts'
import { platformUrlOf, storeUrlOf } from './estate.ts'
import type { Layout } from './layout.ts'

/** lanes.yaml of an estate: complete, commented, and the one that the rehearsal's train really travels by. */
export function writeLanesYaml(layout: Layout, record: EstateRecord): string {
  const isFull = record.size === 'full'
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
    '  carl: {}',
    '  fleet: { kind: agent }',
    '',
    'repos:',
    ...repoLines(
      layout,
      record.producer,
      isFull ? 'pnpm install --frozen-lockfile' : 'npm ci',
      isFull ? 'pnpm test' : 'npm test',
    ),
    ...record.consumers.flatMap(({ name, manager }) =>
      repoLines(
        layout,
        name,
        manager === 'pnpm' ? 'pnpm install --frozen-lockfile' : 'npm ci',
        `${manager} test`,
      ),
    ),
    '',
    'lanes:',
    '  release_train:',
    '    use: release_train',
    '    captains: [ana]',
    '    approval: { actions: [publish, deploy], by: [ana], requester_may_approve: true }',
    '',
    'trains:',
    '  engine:',
    '    lane: release_train',
    '    producer:',
    `      repo: ${record.producer}`,
    '      publish:',
    ...record.packages.map(
      ({ name }) =>
        `        - { package: ${JSON.stringify(name)}, ecosystem: npm, tag: ${JSON.stringify(tagOf(name))} }`,
    ),
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

function repoLines(layout: Layout, repo: string, setup: string, check: string): string[] {
  return [
    `  ${repo}:`,
    `    remote: ${JSON.stringify(`file://${layout.remote(repo)}`)}`,
    `    path: ${JSON.stringify(layout.checkout(repo))}`,
    '    main: main',
    '    forge: none',
    `    setup: [${setup}]`,
    `    checks: [${check}]`,
  ]
}

function consumerLines(record: EstateRecord, consumer: ConsumerSpec, isConfigured: boolean): string[] {
  const { name, manager, after = [] } = consumer
  const url = `${platformUrlOf(record.platformPort)}/apps/${name}/version`
  return [
    `      - repo: ${name}`,
    ...(after.length === 0 ? [] : [`        after: [${after.join(', ')}]`]),
    `        adopt: { manager: ${manager}, via: push }`,
    ...(isConfigured ? configureLines : []),
    '        deploy:',
    '          strategy: command',
    '          run: bin/deploy --sha {sha}',
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
