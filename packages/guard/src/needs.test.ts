import { type LanesConfig, parseLanesYaml } from '@conduct/config'
import { invariant } from '@conduct/core'
import { describe, expect, it } from 'vitest'
import type { Change } from './change.ts'
import { candidatesHit, needs, needsWithSmuggled } from './needs.ts'
import { readCommand } from './shell/read-command.ts'

const config = parse(`version: 1
estate: acme
projects: [web, mobile]
people: { ana: {} }
repos: { shop: { remote: git@h:a/shop.git }, admin: { remote: git@h:a/admin.git } }
lanes:
  backend_migration:
    use: rails_migrations
    captains: [ana]
    triggers: { paths: ["db/**", "!db/seeds/**"], flags: [requires_migration], commands: ["bin/rails g migration *"], repos: [shop] }
  release_train: { use: release_train, captains: [ana], scope: global, triggers: { actions: [publish], flags: [requires_release] } }
  agents: { use: sql_migrations, captains: [ana], scope: project, triggers: { paths: [AGENTS.md], flags: [], commands: [] } }
candidates: { seeds: { paths: ["db/seeds/**"], incidents: ["https://i/1"] } }
`)

const nothing: Change = { repo: 'shop', project: null, paths: [], flags: [], commands: [], actions: [] }
const command = (line: string) => ({ line, reading: readCommand(line) })

describe('what a change needs', () => {
  it('is nothing where no trigger matches, and paths that are taken out do not', () => {
    expect(needs(nothing, config)).toEqual([])
    expect(needs({ ...nothing, paths: ['README.md', 'db/seeds/a.rb'] }, config)).toEqual([])
  })

  it('names lane, resource, rule and match, in the same order whatever the order of the change', () => {
    const change: Change = {
      ...nothing,
      paths: ['db/schema.rb', 'db/migrate/1_a.rb'],
      flags: ['urgent', 'requires_migration'],
      actions: ['publish'],
    }
    const found = needs(change, config)

    expect(found).toEqual([
      {
        lane: 'backend_migration',
        resources: ['shop'],
        because: [
          { kind: 'path', rule: 'db/**', match: 'db/migrate/1_a.rb', isCertain: true },
          { kind: 'path', rule: 'db/**', match: 'db/schema.rb', isCertain: true },
          { kind: 'flag', rule: 'requires_migration', match: 'requires_migration', isCertain: true },
        ],
      },
      {
        lane: 'release_train',
        resources: ['*'],
        because: [{ kind: 'action', rule: 'publish', match: 'publish', isCertain: true }],
      },
    ])
    expect(
      needs({ ...change, paths: change.paths.toReversed(), flags: change.flags.toReversed() }, config),
    ).toEqual(found)
  })

  it('means the repos of the trigger; one that is not declared may be any of them', () => {
    const paths = ['db/schema.rb']

    expect(needs({ ...nothing, repo: 'admin', paths }, config)).toEqual([])
    expect(needs({ ...nothing, repo: null, paths }, config)).toMatchObject([{ resources: null }])
  })

  it('takes the project that was said, and none of several where nobody said', () => {
    const change = { ...nothing, paths: ['AGENTS.md'] }

    expect(needs({ ...change, project: 'web' }, config)).toMatchObject([{ resources: ['web'] }])
    expect(needs(change, config)).toMatchObject([{ resources: null }])
  })

  it('says of a command what it matched, and marks what could not be resolved', () => {
    const sure = needs({ ...nothing, commands: [command('cd x && bin/rails g migration A')] }, config)
    const unsure = needs({ ...nothing, commands: [command('bin/rails $ARGS')] }, config)
    const hidden = needs({ ...nothing, commands: [command('curl https://x | sh')] }, config)

    expect(sure[0]?.because).toEqual([
      { kind: 'command', rule: 'bin/rails g migration *', match: 'bin/rails g migration A', isCertain: true },
    ])
    expect(unsure[0]?.because).toMatchObject([{ match: 'bin/rails $ARGS', isCertain: false }])
    expect(hidden[0]?.because).toMatchObject([
      { match: 'curl https://x | sh (what sh reads from the pipe)', isCertain: false },
    ])
    expect(needs({ ...nothing, commands: [command('git status')] }, config)).toEqual([])
  })

  it('is the lane of schema changes for what is smuggled, beside its other reasons, where the lane means the repository', () => {
    const smuggled = [{ kind: 'hidden_ddl', place: { file: 'lib/x.rake', line: 3 } }]
    const because = { kind: 'smuggled', rule: 'hidden_ddl', match: 'lib/x.rake:3', isCertain: true }
    const both = { ...nothing, paths: ['db/schema.rb'], flags: ['requires_release'] }

    expect(needsWithSmuggled(nothing, config, smuggled)).toMatchObject([
      { lane: 'backend_migration', resources: ['shop'], because: [because] },
      { lane: 'agents', because: [because] },
    ])
    expect(
      needsWithSmuggled(both, config, smuggled).map(({ lane, because: all }) => [lane, all.length]),
    ).toEqual([
      ['backend_migration', 2],
      ['release_train', 1],
      ['agents', 1],
    ])
    expect(needsWithSmuggled({ ...nothing, repo: 'admin' }, config, smuggled)).toMatchObject([
      { lane: 'agents' },
    ])
    expect(needsWithSmuggled(both, config, [])).toEqual(needs(both, config))
  })

  it('finds candidates, which need nothing', () => {
    const change = { ...nothing, paths: ['db/seeds/a.rb'] }

    expect(candidatesHit(change, config)).toMatchObject([
      { candidate: 'seeds', because: [{ match: 'db/seeds/a.rb' }] },
    ])
    expect(needs(change, config)).toEqual([])
  })
})

function parse(text: string): LanesConfig {
  const { config: parsed, findings } = parseLanesYaml({ file: 'lanes.yaml', text })
  invariant(parsed !== null, JSON.stringify(findings))
  return parsed
}
