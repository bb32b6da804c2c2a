import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainEffective, parseLanesYaml } from './index.ts'

const fixtures = new URL('../fixtures/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, fixtures), 'utf8')
const ownFile = readFileSync(new URL('../../../lanes.yaml', import.meta.url), 'utf8')
const parse = (text: string) => parseLanesYaml({ file: 'lanes.yaml', text })
const configOf = (text: string) => {
  const { config, findings } = parse(text)
  if (config === null) throw new Error(JSON.stringify(findings))
  return config
}

describe('defaults', () => {
  const config = configOf(read('valid/smallest.yaml'))
  const lane = config.lanes.get('release_train')

  it('fills in what the smallest file leaves out', () => {
    expect(config).toMatchObject({ estate: 'acme', store: 'sqlite', projects: ['acme'], notify: null })
    expect(lane).toMatchObject({
      scope: 'repo_set',
      limit: 1,
      order: 'strict',
      whenHeld: 'queue',
      lease: { ttlMs: 900_000, renewMs: 30_000, marginMs: 60_000 },
      waiting: { ttlMs: 86_400_000, max: 200, acceptMs: 900_000 },
      takeoverDelayMs: 120_000,
      holders: null,
      storePolicy: 'closed',
      justification: null,
    })
  })

  it('infers the only lane that carries the actions of a train', () => {
    expect(config.trains.get('engine')?.lane).toBe('release_train')
    expect(config.trains.get('engine')?.producer.publish).toBe('infer')
  })

  it('splits commands into words and keeps template variables whole', () => {
    expect(config.trains.get('engine')?.consumers[0]?.deploy).toMatchObject({
      strategy: { kind: 'command', run: { argv: ['bin/deploy', '{sha}'] } },
      previous: null,
      onFailedVerify: 'offer',
      verify: { expect: { json: { sha: '{sha}' } }, reads: 3, withinMs: 600_000 },
    })
  })

  it('lets a sole person approve their own runs, and nobody once there are two', () => {
    const two = configOf(read('valid/smallest.yaml').replace('ana: {}', 'ana: {}, carl: {}'))
    const withAgent = configOf(
      read('valid/smallest.yaml').replace('ana: {}', 'ana: {}, bot: { kind: agent }'),
    )

    expect(lane?.approval).toMatchObject({
      by: ['ana'],
      requesterMayApprove: true,
      signed: false,
      whileWaiting: 'park',
    })
    expect(two.lanes.get('release_train')?.approval?.requesterMayApprove).toBe(false)
    expect(withAgent.lanes.get('release_train')?.approval?.requesterMayApprove).toBe(true)
  })

  it('never makes an agent an approver because it is a captain', () => {
    const text = read('valid/smallest.yaml')
      .replace('ana: {}', 'ana: {}, bot: { kind: agent }')
      .replace('captains: [ana]', 'captains: [ana, bot]')

    expect(configOf(text).lanes.get('release_train')).toMatchObject({
      captains: ['ana', 'bot'],
      approval: { by: ['ana'] },
    })
  })

  it('renews once a minute in a git store unless told otherwise', () => {
    const text = read('valid/smallest.yaml').replace('people:', 'store: git+file:///srv/lanes.git\npeople:')

    expect(configOf(text).lanes.get('release_train')?.lease.renewMs).toBe(60_000)
    expect(parse(text).findings.map(({ code }) => code)).not.toContain('LEASE_RENEW_GIT')
  })

  it('lets every key of a preset be overridden by itself', () => {
    const text = read('valid/smallest.yaml').replace(
      'release_train: { use: release_train, captains: [ana] }',
      `release_train: { use: release_train, captains: [ana] }
  backend_migration:
    use: rails_migrations
    lease: { ttl: 2h }
    triggers: { paths: [db/schema.rb] }
    batching: { max_changes: 3 }`,
    )

    expect(configOf(text).lanes.get('backend_migration')).toMatchObject({
      scope: 'repo',
      lease: { ttlMs: 7_200_000, renewMs: 60_000, marginMs: 720_000 },
      triggers: { flags: ['requires_migration'], paths: ['db/schema.rb'] },
      batching: {
        dialect: 'rails',
        densityWarning: 0.3,
        maxChanges: 3,
        verify: { argv: ['bin/rails', 'db:migrate'] },
      },
    })
  })

  it('reads the full example as it is written', () => {
    const full = configOf(read('valid/full.yaml'))
    const consumers = full.trains.get('engine')?.consumers ?? []

    expect(full.repos.get('engine')).toMatchObject({
      path: '../engine',
      forge: { kind: 'github', url: null },
    })
    expect(full.lanes.get('release_train')?.approval).toEqual({
      actions: ['publish', 'deploy'],
      by: ['ana'],
      signed: true,
      via: 'cli',
      issue: null,
      expiresMs: 7_200_000,
      requesterMayApprove: false,
      whileWaiting: 'park',
    })
    expect(consumers[0]?.configure[0]).toMatchObject({ expect: ['', 'off'], goal: 'on', secret: false })
    expect(consumers[1]).toMatchObject({
      after: ['shop'],
      onMove: 'retry',
      deploy: { strategy: { kind: 'none' } },
    })
    expect(full.notify).toEqual({ command: { argv: ['bin/tell-team'] } })
  })
})

describe('YAML', () => {
  it('follows anchors, aliases and merge keys', () => {
    const text = read('valid/smallest.yaml')
      .replace('engine: { remote:', 'engine: &repo { remote:')
      .replace(
        'shop:   { remote: git@github.com:acme/shop.git,   setup: [pnpm install] }',
        'shop: { <<: *repo, remote: git@github.com:acme/shop.git }',
      )

    expect(configOf(text).repos.get('shop')).toMatchObject({
      remote: 'git@github.com:acme/shop.git',
      checks: [{ argv: ['pnpm', 'test'] }],
    })
  })

  it('stops at aliases that multiply without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `a${level}: &a${level} [${Array(10)
          .fill(level === 0 ? 'x' : `*a${level - 1}`)
          .join(', ')}]`,
    )

    expect(parse(levels.join('\n')).findings.map(({ code }) => code)).toEqual(['YAML_ALIAS'])
  })

  it('counts lines and columns the same way with Windows line ends', () => {
    const text = read('invalid/reference-unknown-repo.yaml').replaceAll('\n', '\r\n')

    expect(parse(text).findings).toMatchObject([
      { code: 'LANE_UNKNOWN_REPO', line: 19, column: 15, endColumn: 19 },
    ])
  })

  it('never throws, whatever happens to the text', () => {
    const texts = [
      ...readdirSync(new URL('invalid/', fixtures))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => read(`invalid/${name}`)),
      read('valid/full.yaml'),
      ownFile,
    ]
    const pieces = fc.constantFrom(
      ':',
      '- ',
      '\n',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '!x ',
      '\t',
      '#',
      '|',
      '\u0000',
      '"__proto__": 1',
      '🚂',
      '\u202e',
    )
    const mutation = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      removed: fc.nat(30),
      inserted: fc.array(pieces, { maxLength: 3 }).map((parts) => parts.join('')),
      isTruncated: fc.boolean(),
    })

    fc.assert(
      fc.property(mutation, ({ text, at, removed, inserted, isTruncated }) => {
        const index = Math.floor(at * text.length)
        const mutated = text.slice(0, index) + inserted + (isTruncated ? '' : text.slice(index + removed))
        const { config, findings } = parse(mutated)

        expect(config === null).toBe(findings.some(({ severity }) => severity === 'error'))
        const lines = mutated.split(/\r\n|\n|\r/)
        for (const place of findings.flatMap((finding) => [finding, ...finding.related])) {
          expect(place.line).toBeGreaterThanOrEqual(1)
          expect(place.line).toBeLessThanOrEqual(lines.length)
          expect(place.column).toBeGreaterThanOrEqual(1)
          expect(place.column).toBeLessThanOrEqual((lines[place.line - 1] ?? '').length + 2)
        }
      }),
      { numRuns: 1500 },
    )
  })
})

describe("the repository's own lanes.yaml", () => {
  it('has neither errors nor warnings', () => {
    expect(parse(ownFile).findings).toEqual([])
  })

  it('declares both lanes and the train that travels on one of them', () => {
    const config = configOf(ownFile)

    expect([...config.lanes.keys()]).toEqual(['backend_migration', 'release_train'])
    expect(config.trains.get('engine')?.lane).toBe('release_train')
  })
})

describe('the effective file', () => {
  it.each([
    ['the smallest', read('valid/smallest.yaml')],
    ['the full', read('valid/full.yaml')],
    ["the repository's own", ownFile],
  ])('means the same as %s file it explains', (_name, text) => {
    const config = configOf(text)
    const effective = explainEffective({ file: 'lanes.yaml', text }, config)

    expect(configOf(effective)).toEqual(config)
  })

  it('says of each value where it came from', async () => {
    const text = read('valid/smallest.yaml')

    await expect(explainEffective({ file: 'lanes.yaml', text }, configOf(text))).toMatchFileSnapshot(
      '../fixtures/valid/smallest.effective.txt',
    )
  })
})
