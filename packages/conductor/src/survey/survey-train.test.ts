import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTrain } from '../open-train.ts'
import { lanesYaml, type ScratchEstate, scratchEstate } from '../scratch-estate.ts'
import { resurveyConsumer } from './resurvey-consumer.ts'
import { surveyTrain } from './survey-train.ts'

let estate: ScratchEstate
beforeEach(async () => {
  estate = await scratchEstate()
})
afterEach(() => estate[Symbol.asyncDispose]())

const manifest = (name: string, more = {}) => JSON.stringify({ name, version: '4.3.0', ...more })
const engine = { 'package.json': manifest('@acme/engine') }

interface Parts {
  readonly repos?: Record<string, string>
  readonly publish?: string
  readonly consumers?: string
}

async function open({ repos = {}, publish = '', consumers = '{ repo: shop }' }: Parts = {}) {
  const producer = `producer: { repo: engine${publish === '' ? '' : `, publish: ${publish}`} }`
  const yaml = lanesYaml(estate, {
    repos: { engine: '', shop: '', ...repos },
    train: `${producer}, consumers: [${consumers}]`,
  })
  return await openTrain(await estate.conductor(yaml), 'engine')
}

describe('freezing', () => {
  test('takes the head of each main, and infers which branch that is', async () => {
    const producer = await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})
    await estate.git(estate.bare('shop'), 'branch', '-m', 'main', 'trunk')
    const shop = await estate.git(estate.bare('shop'), 'rev-parse', 'trunk')

    const survey = await surveyTrain(await open())

    expect(survey.producer).toMatchObject({ name: 'engine', main: 'main', commit: producer })
    expect(survey.consumers[0]).toMatchObject({ name: 'shop', main: 'trunk', commit: shop, via: 'push' })
  })

  test('keeps to the commit a run was approved for', async () => {
    const approved = await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})
    await estate.push('engine', { 'later.txt': 'later' })

    const survey = await surveyTrain(await open(), { producerCommit: approved })

    expect(survey.producer.commit).toBe(approved)
  })

  test('names every remote that does not answer, not only the first', async () => {
    await expect(surveyTrain(await open())).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      exit: 30,
      message: expect.stringMatching(/engine\.git[^]*shop\.git/) as string,
    })
  })

  test('says in which repos a manifest or lockfile cannot be read, a link to somewhere else among them', async () => {
    await estate.addRepo('engine', engine)
    const broken = await estate.addRepo('shop', {
      'package.json': manifest('shop'),
      'package-lock.json': '<<<',
    })
    await estate.addRepo('admin', { 'package.json': manifest('admin') })
    const work = join(estate.folder, 'work', 'admin')
    await symlink('/etc/passwd', join(work, 'package-lock.json'))
    await estate.push('admin', {})

    const surveyed = open({
      repos: { admin: '' },
      publish: '[{ package: "@acme/engine" }]',
      consumers: '{ repo: shop }, { repo: admin }',
    }).then((context) => surveyTrain(context))

    await expect(surveyed).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      exit: 3,
      message: expect.stringContaining(
        `shop at ${broken.slice(0, 7)}: package-lock.json cannot be parsed`,
      ) as string,
    })
    await expect(surveyed).rejects.toThrow(/^admin at [0-9a-f]{7}: package-lock\.json/m)
    await expect(surveyed).rejects.not.toThrow(/root:/)
  })

  test('names every repo without the main that is declared', async () => {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})

    const context = await open({ repos: { engine: 'main: trunk', shop: 'main: trunk' } })

    await expect(surveyTrain(context)).rejects.toMatchObject({
      code: 'SURVEY_REFUSED',
      exit: 3,
      message: expect.stringMatching(/^engine: .* no branch trunk\nshop: .* no branch trunk$/) as string,
    })
  })

  test('takes one consumer anew where its main is now, and leaves the rest', async () => {
    const producer = await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})
    const context = await open()
    const survey = await surveyTrain(context)
    await estate.push('engine', { 'later.txt': 'later' })
    const moved = await estate.push('shop', { 'later.txt': 'later' })

    const consumer = await resurveyConsumer(context, survey, 'shop')

    expect(consumer.commit).toBe(moved)
    expect(await consumer.tree.readFile('later.txt')).toBe('later')
    expect(survey.producer.commit).toBe(producer)
  })
})

describe('packages', () => {
  test('are inferred from the manifest, and tagged with the version alone', async () => {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})

    const survey = await surveyTrain(await open())

    expect(survey.artifacts).toMatchObject([
      { name: '@acme/engine', version: '4.3.0', directory: '.', tag: 'v4.3.0' },
    ])
  })

  test('of a workspace come in the order of publication, each with its own tag', async () => {
    await estate.addRepo('engine', {
      'package.json': manifest('root', { private: true, workspaces: ['packages/*'] }),
      'packages/a/package.json': manifest('@acme/a', { dependencies: { '@acme/b': '^4.0.0' } }),
      'packages/b/package.json': manifest('@acme/b'),
    })
    await estate.addRepo('shop', {})

    const survey = await surveyTrain(await open())

    expect(survey.artifacts.map(({ name, tag }) => `${name} ${tag}`)).toEqual([
      '@acme/b b-v4.3.0',
      '@acme/a a-v4.3.0',
    ])
  })

  test('that are declared decide, with registry and tag', async () => {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})
    const declared = '{ package: "@acme/engine", registry: "http://127.0.0.1:9/", tag: "engine/{version}" }'

    const survey = await surveyTrain(await open({ publish: `[${declared}]` }))

    expect(survey.artifacts).toMatchObject([
      {
        registry: 'http://127.0.0.1:9/',
        tag: 'engine/4.3.0',
        discovered: { registry: 'http://127.0.0.1:9/' },
      },
    ])
  })

  test('are none where the train has no library', async () => {
    await estate.addRepo('engine', {})
    await estate.addRepo('shop', {})

    expect((await surveyTrain(await open({ publish: '[]' }))).artifacts).toEqual([])
  })

  test('carry the version that a catch-up train names, and no tag', async () => {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})

    const survey = await surveyTrain(await open(), { version: '4.2.0' })

    expect(survey).toMatchObject({ catchUp: true, artifacts: [{ version: '4.2.0', tag: null }] })
  })

  test.each([
    ['an empty repository', {}, '', /nothing that can be published/],
    ['only private packages', { 'package.json': manifest('x', { private: true }) }, '', /all are private/],
    ['another name than declared', engine, '[{ package: other }]', /named other/],
    ['a package declared twice', engine, '[{ package: "@acme/engine" }, {}]', /declared twice/],
  ])('are refused with %s', async (_what, files, publish, message) => {
    await estate.addRepo('engine', files)
    await estate.addRepo('shop', {})

    await expect(surveyTrain(await open({ publish }))).rejects.toMatchObject({
      code: 'SURVEY_REFUSED',
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('--only', () => {
  test('leaves the others out by name', async () => {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', {})

    const context = await open({ repos: { admin: '' }, consumers: '{ repo: shop }, { repo: admin }' })
    const survey = await surveyTrain(context, { only: ['shop'] })

    expect(survey.consumers.map(({ name }) => name)).toEqual(['shop'])
    expect(survey.leftOut).toEqual(['admin'])
  })

  test('is refused for a name that is no consumer, before anything is fetched', async () => {
    await expect(surveyTrain(await open(), { only: ['shpo'] })).rejects.toMatchObject({
      code: 'USAGE',
      exit: 2,
    })
  })
})

describe('what runs now', () => {
  const deploying = (previous: string) =>
    `{ repo: shop, deploy: { run: bin/deploy, previous: ${previous}, rollback: bin/deploy } }`
  async function previousOf(script: string | null, options: { repo?: string; command?: string } = {}) {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', script === null ? {} : { 'bin/current': `#!/bin/sh\n${script}\n` })
    const context = await open({
      repos: { shop: options.repo ?? '' },
      consumers: deploying(options.command ?? 'bin/current'),
    })
    const [consumer] = (await surveyTrain(context)).consumers
    return { previous: consumer?.previous, previousUnknown: consumer?.previousUnknown }
  }

  test('is what the declared command prints at the frozen commit', async () => {
    expect(await previousOf('echo 8f2c')).toEqual({ previous: '8f2c', previousUnknown: null })
  })

  test('is nothing before the first deploy', async () => {
    expect(await previousOf('exit 0')).toEqual({ previous: null, previousUnknown: null })
  })

  test('is unknown, never a first deploy, when the command fails', async () => {
    expect(await previousOf('echo no such host >&2; exit 3')).toEqual({
      previous: null,
      previousUnknown: 'bin/current: exit code 3: no such host',
    })
  })

  test('is unknown when there is no such command', async () => {
    const { previous, previousUnknown } = await previousOf(null)

    expect(previous).toBeNull()
    expect(previousUnknown).toContain('bin/current')
  })

  test('is read after setup, in a scrubbed environment that has the names passed on purpose', async () => {
    process.env['CONDUCT_TEST_SECRET'] = 'leaked'
    process.env['CONDUCT_TEST_PASSED'] = 'passed'
    try {
      const read = await previousOf('cat made-by-setup; echo "$CONDUCT_TEST_SECRET$CONDUCT_TEST_PASSED"', {
        repo: 'setup: [touch made-by-setup], env: [CONDUCT_TEST_PASSED]',
      })

      expect(read.previous).toBe('passed')
    } finally {
      delete process.env['CONDUCT_TEST_SECRET']
      delete process.env['CONDUCT_TEST_PASSED']
    }
  })

  test('is read of all targets at once', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `app${index}`)
    const meeting = `${estate.folder}/meeting`
    // Each waits until all have come, and gives up after 30 seconds: one after the other, nobody would be met.
    const meet = [
      '#!/bin/sh',
      `mkdir -p ${meeting}; touch ${meeting}/$1`,
      `for i in $(seq 300); do [ "$(ls ${meeting} | wc -l)" = ${names.length} ] && { echo met; exit; }; sleep 0.1; done`,
      'exit 1',
      '',
    ].join('\n')
    await estate.addRepo('engine', engine)
    for (const name of names) await estate.addRepo(name, { 'bin/meet': meet })
    const context = await open({
      repos: Object.fromEntries(names.map((name) => [name, ''])),
      consumers: names
        .map(
          (name) =>
            `{ repo: ${name}, deploy: { run: bin/meet, previous: bin/meet ${name}, rollback: bin/meet } }`,
        )
        .join(', '),
    })

    const survey = await surveyTrain(context)

    expect(survey.consumers.map(({ previous }) => previous)).toEqual(names.map(() => 'met'))
  })

  test('is not asked again when a run goes on', async () => {
    await estate.addRepo('engine', engine)
    await estate.addRepo('shop', { 'bin/current': '#!/bin/sh\necho newer\n' })
    const context = await open({ consumers: deploying('bin/current') })

    const survey = await surveyTrain(context, {
      bound: new Map([['shop', { previous: 'approved', via: 'pull_request' }]]),
    })

    expect(survey.consumers[0]).toMatchObject({ previous: 'approved', via: 'pull_request' })
  })

  test("leaves the person's checkout as it was", async () => {
    await previousOf('touch dropping; echo 1')

    expect(await estate.git(estate.clone('shop'), 'status', '--porcelain')).toBe('')
  })
})
