import { phaseNames, type RunRecord } from '@conduct/core'
import { describe, expect, it } from 'vitest'
import {
  estateToJson,
  planToJson,
  renderEstateText,
  renderPlanHtml,
  renderPlanMarkdown,
  renderPlanText,
  renderRunHtml,
  renderRunMarkdown,
  renderRunText,
  runToJson,
} from './index.ts'
import { describeEstate } from './describe-estate.ts'
import { manyRun } from '../fixtures/many-run.ts'
import { doneRun, hostileRun, samplePlan, stoppedRun, waitingRun } from '../fixtures/sample-runs.ts'
import { matrixOf } from './matrix.ts'
import { standOf } from './sections/where.ts'
import { timelineOf } from './timeline.ts'

const runs = { done: doneRun, stopped: stoppedRun, waiting: waitingRun }
const next = 'pnpm conduct run engine --plan plan-5d0e1a'

describe('a run reads the same as pinned', () => {
  it.each(Object.entries(runs))('%s', async (name, record) => {
    await expect(renderRunText(record)).toMatchFileSnapshot(`../fixtures/run-${name}.txt`)
    await expect(renderRunMarkdown(record)).toMatchFileSnapshot(`../fixtures/run-${name}.md`)
    await expect(renderRunHtml(record)).toMatchFileSnapshot(`../fixtures/run-${name}.html`)
    await expect(`${JSON.stringify(runToJson(record), null, 2)}\n`).toMatchFileSnapshot(
      `../fixtures/run-${name}.json`,
    )
  })
})

describe('a plan reads the same as pinned', () => {
  it('as text, Markdown and JSON', async () => {
    await expect(renderPlanText(samplePlan, { next })).toMatchFileSnapshot('../fixtures/plan.txt')
    await expect(renderPlanMarkdown(samplePlan, { next })).toMatchFileSnapshot('../fixtures/plan.md')
    await expect(`${JSON.stringify(planToJson(samplePlan), null, 2)}\n`).toMatchFileSnapshot(
      '../fixtures/plan.json',
    )
  })

  it('collapses what is green and lists every red and unknown row', () => {
    const text = renderPlanText(samplePlan)

    expect(text).toContain('all 4 checks green')
    expect(text).not.toContain('main is at the frozen commit')
    expect(text).toContain('a stash on main in ../shop')
    expect(text).toContain('the .npmrc of admin could not be read')
  })

  it('says that a red check would refuse the run', () => {
    const repos = samplePlan.repos.map((repo) => ({
      ...repo,
      preflight: repo.preflight.map((row) => ({ ...row, overridden: false })),
    }))

    expect(renderPlanText({ ...samplePlan, repos })).toContain(
      '1 check red, 1 check unknown: the run would be refused',
    )
  })

  it('has every check in the page, folded away', () => {
    const page = renderPlanHtml(samplePlan)

    expect(page).toContain('main is at the frozen commit')
    expect(page).toContain('<details>')
  })
})

describe('the JSON of a run', () => {
  it('has the fields of the contract with their types', () => {
    expect(runToJson(doneRun)).toMatchObject({
      run: '8f2c',
      train: 'engine',
      state: 'done',
      published: [
        {
          package: '@acme/engine',
          version: '4.3.0',
          integrity: expect.stringMatching(/^sha512-/),
          registry: expect.any(String),
        },
      ],
      adopted: [
        { repo: 'shop', package: '@acme/engine', from: '4.2.3', to: '4.3.0', commit: '5'.repeat(40) },
        { repo: 'admin', pull_request: 'https://forge.acme.example/admin/pull/7' },
      ],
      deployed: [
        {
          repo: 'shop',
          sha: '5'.repeat(40),
          previous_sha: '7'.repeat(40),
          target: 'bin/deploy',
          verified: 'yes',
        },
        { verified: 'nothing_dispatched', previous_sha: null },
      ],
      left_out: ['kiosk'],
      lane: { name: 'release_train', token: 43, held_s: 199, waited_s: 240 },
      approvals: [{ by: 'carl', proof: 'attributed', at: '2026-03-02T09:13:10.000Z' }],
      overrides: [{ check: 'stash', repo: 'shop' }],
      unknowns: ['release_age:admin'],
      next: null,
    })
    expect(runToJson(doneRun).adopted[0]).not.toHaveProperty('pull_request')
    expect(runToJson(doneRun).steps[0]).toMatchObject({
      id: 'claim',
      kind: 'claim',
      repo: null,
      state: 'done',
      evidence: 'release_train {engine, shop, admin}, token 42',
      started_at: '2026-03-02T09:12:00.000Z',
      ended_at: '2026-03-02T09:12:00.100Z',
      attempts: 1,
    })
  })

  it('has no camel case key anywhere', () => {
    const keysOf = (value: unknown): string[] =>
      typeof value !== 'object' || value === null
        ? []
        : Object.entries(value).flatMap(([key, inner]) => [
            ...(Array.isArray(value) ? [] : [key]),
            ...keysOf(inner),
          ])

    const keys = [...keysOf(runToJson(stoppedRun)), ...keysOf(planToJson(samplePlan))]

    expect(keys.filter((key) => /[A-Z]/.test(key))).toEqual([])
  })
})

describe('what a report must not leave out', () => {
  const renderers = { text: renderRunText, Markdown: renderRunMarkdown, page: renderRunHtml }

  it.each(Object.entries(renderers))('%s: proof, gaps, waits, history', (_name, render) => {
    const report = render(doneRun).replaceAll('\\', '').replaceAll('\u200D', '')

    for (const said of [
      'sha512-9Zt0bXq3mC1o8pV7sL2nD4kR6yU5wA1eG3hJ7fK9xQ0zB2vN4mT6cY8iO1pS3dF5gH7jK9lZ1xC3vB5nM7qW==',
      'engine-v4.3.0',
      'https://forge.acme.example/admin/pull/7',
      'attributed, not proved',
      'an old experiment of mine, unrelated',
      'the .npmrc of admin could not be read',
      'left out by --only',
      'nothing was dispatched',
      'its main moved meanwhile',
      '222222222222, then 444444444444',
      'cli:carl@laptop',
      'resumed',
      'carl to look at the plan',
      'live with the integrity that was packed: published before the crash',
    ]) {
      expect(report).toContain(said)
    }
  })

  it.each(Object.entries(renderers))('%s: why it stopped, what is live, what to type', (_name, render) => {
    const report = render(stoppedRun).replaceAll('\\', '').replaceAll('\u200D', '')

    expect(report).toContain('@acme/engine 4.3.0 is live; nothing was adopted; nothing was deployed')
    expect(report).toContain('EXPECTED_STATE in phase 8 of 12 (adopt), exit 7')
    expect(report).toContain('pnpm conduct -c /srv/acme/lanes.yaml resume 8f2c')
    expect(report).toContain('the next conductor has to acknowledge it')
  })

  it('says of an approval for another plan that it is void', () => {
    expect(renderRunText(waitingRun)).toContain('ffffffffffff: another plan, void here')
  })

  it('says that nothing happened when nothing happened', () => {
    expect(renderRunText(waitingRun)).toContain(
      'Waits for an approval of plan 5d0e1a7c44b2. Nothing was changed anywhere.',
    )
  })

  it('never says that nothing was changed while the outcome of an effect is unknown', () => {
    const steps = stoppedRun.steps.map((step) =>
      step.phase === 'publish'
        ? ({ ...step, state: 'unknown', evidence: 'the registry did not answer' } as const)
        : step,
    )
    const text = renderRunText({ ...stoppedRun, steps, published: [] })

    expect(text).toContain('whether "publish @acme/engine 4.3.0" happened is not known')
    expect(text).toContain('? publish')
  })

  it('names what stays staged, with the command by which it goes', () => {
    const facts = { package: '@acme/engine', version: '4.3.0', registry: 'https://r/', stageId: 'id-1' }
    const [step] = waitingRun.steps
    if (step === undefined) throw new Error('the sample has steps')
    const staged = { ...step, id: 'stage:x', kind: 'stage', state: 'done' } as const
    const reject = 'npm stage reject id-1'
    const record = { ...waitingRun, steps: [{ ...staged, facts: { ...facts, reject } }] }

    const text = renderRunText(record)
    expect(text).toContain(
      '@acme/engine 4.3.0 was staged, and nobody has seen it approved (a maintainer throws it away with: npm stage reject id-1)',
    )
    expect(text).not.toMatch(/nothing was changed anywhere/iu)
    expect(runToJson(record).staged).toEqual([
      { package: '@acme/engine', version: '4.3.0', registry: 'https://r/', stage_id: 'id-1', reject },
    ])
  })

  it('names a configuration that was changed, although it can be undone', () => {
    const configured = {
      ...stoppedRun.steps[0],
      id: 'configure:shop:flag',
      phase: 'configure',
      kind: 'configure',
      repo: 'shop',
      action: 'set engine-flag of shop',
      irreversible: false,
      state: 'done',
      evidence: null,
      facts: {},
      startedAt: null,
      endedAt: null,
      attempts: 1,
    } as const

    expect(renderRunText({ ...waitingRun, steps: [configured] })).toContain('configured engine-flag of shop')
  })

  it('calls a phase done in part when a stopped run left some of its steps', () => {
    const steps = stoppedRun.steps.map((step) =>
      step.id === 'adopt:shop'
        ? ({ ...step, state: 'pending' } as const)
        : step.id === 'adopt:admin'
          ? ({ ...step, state: 'done' } as const)
          : step,
    )
    const deployed = [
      ...steps,
      ...steps
        .filter(({ id }) => id === 'adopt:admin')
        .map((step) => ({ ...step, id: 'deploy:admin', phase: 'deploy' }) as const),
    ]

    expect(renderRunText({ ...stoppedRun, steps: deployed })).toMatch(/◐ deploy +1 of 2 steps/)
    expect(renderRunText({ ...stoppedRun, steps: deployed, state: 'running', stop: null })).toMatch(
      /… deploy +1 of 2 steps/,
    )
  })

  it('counts to a phase what was under way, and not the night between two of its steps', () => {
    const [step] = stoppedRun.steps.filter(({ phase }) => phase === 'adopt')
    const spans = [
      ['2026-03-02T18:00:00Z', '2026-03-02T18:00:30Z'],
      ['2026-03-02T18:00:10Z', '2026-03-02T18:00:40Z'],
      ['2026-03-03T09:00:00Z', '2026-03-03T09:00:05Z'],
    ] as const
    const steps = spans.flatMap(([startedAt, endedAt], at) =>
      step === undefined ? [] : [{ ...step, id: `adopt:${at}`, state: 'done' as const, startedAt, endedAt }],
    )

    expect(renderRunText({ ...doneRun, steps })).toMatch(/adopt +3 of 3 steps.* 45s/u)
  })

  it('names the steps that a stopped run did not reach', () => {
    expect(renderRunText(stoppedRun)).toMatch(/deploy:shop +shop +not reached: the run stopped in adopt/)
  })

  it('shortens commits and integrities in sentences, and keeps them whole where they are the proof', () => {
    const stop = {
      ...stoppedRun.stop,
      code: 'EXPECTED_STATE',
      exit: 7,
      hint: '',
      phase: 'adopt',
      message: `main moved to ${'9'.repeat(40)}`,
    } as const
    const page = renderRunHtml({ ...stoppedRun, stop })

    expect(page).toContain('main moved to 999999999999<')
    expect(page).toContain('B2vN4mT6cY8iO1pS3dF5gH7jK9lZ1xC3vB5nM7qW==')
    expect(page).toContain(`title="${'1'.repeat(40)}"`)
  })

  it('counts only those as waited for who are not the requester', () => {
    const own = { ...doneRun, approvals: doneRun.approvals.map((approval) => ({ ...approval, by: 'ana' })) }

    expect(renderRunText(own)).not.toContain('ana to look at the plan')
  })

  it('names all twelve phases, also those that were not reached', () => {
    const page = renderRunHtml(stoppedRun)

    for (const phase of phaseNames) expect(page).toMatch(new RegExp(`</small> ${phase}</span>`))
  })

  it('is made from a record that has no plan yet', () => {
    const early = {
      ...waitingRun,
      plan: null,
      planId: null,
      state: 'waiting_lane',
      steps: [],
      lane: null,
      stop: null,
      leftOut: [],
    } as const

    expect(renderRunText(early)).toContain('Waits for the lane. Nothing was changed anywhere.')
    expect(renderRunHtml(early)).toContain('No consumer was surveyed yet.')
  })
})

describe('texts that want to be something else', () => {
  it('stay text in the page', () => {
    const page = renderRunHtml(hostileRun)
    const tags = new Set([...page.matchAll(/<([a-z!/][a-z0-9]*)/gi)].map((match) => match[1]?.toLowerCase()))

    expect([...tags].filter((tag) => tag?.includes('script'))).toEqual([])
    expect(page).not.toMatch(/\son\w+=/i)
    expect(page).not.toMatch(/href="(?!https?:)/)
    expect(page.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
  })

  it('load nothing and run nothing, by policy too', () => {
    const page = renderRunHtml(hostileRun)

    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|base|form)\b|@import|url\(/)
  })

  it('neither notify nor link nor break a table in Markdown', () => {
    const markdown = renderRunMarkdown(hostileRun)
    const outsideCode = markdown.replaceAll('\\`', '').replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')

    expect(outsideCode).not.toMatch(/@everyone|(?<!\\)<script|\[x\]\(|\n# not/)
    expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1)
    for (const table of markdown.split('\n\n').filter((block) => block.startsWith('|'))) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length)
      expect(new Set(widths).size).toBe(1)
    }
  })

  it('cannot command a terminal', () => {
    expect(renderRunText(hostileRun).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
  })
})

describe('the timeline', () => {
  const barsOf = (page: string) =>
    [...page.matchAll(/class="bar mark-(\w+) [\w-]+" style="left:([\d.]+)%;width:([\d.]+)%"/g)].map(
      (match) => ({
        mark: match[1],
        left: Number(match[2]),
        right: Number(match[2]) + Number(match[3]),
      }),
    )

  it('has a bar for every step that began and one for the time in which nobody drove it, inside the page', () => {
    const bars = barsOf(renderRunHtml(doneRun))

    expect(bars).toHaveLength(doneRun.steps.length + 1)
    expect(bars.every(({ left, right }) => left >= 0 && right <= 100.5)).toBe(true)
    expect(bars.at(0)?.left).toBe(0)
  })

  it('has one row for the waits, one for the train and one per repo, in the order of the plan', () => {
    const timeline = timelineOf(doneRun)

    expect(timeline?.rows.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'waits waits',
      'train train',
      'repo engine',
      'repo shop',
      'repo admin',
    ])
    expect(timeline?.rows[0]?.bars.map(({ label, title }) => `${label}: ${title}`)).toEqual([
      'lane: take release_train (done), 0.1s',
      'approval: an approval of the plan (done), 20s',
      'registry: engine: the registry to serve @acme/engine 4.3.0 (done), 6.0s',
      'stood still: nobody drove the run, until cli:carl@laptop resumed it, 2h 26m',
    ])
  })

  it('calls a standstill in which somebody approved what it was: a wait for them', () => {
    const late = {
      ...doneRun,
      approvals: doneRun.approvals.map((one) => ({ ...one, at: '2026-03-02T10:30:00.000Z' })),
    }

    expect(timelineOf(late)?.rows[0]?.bars.at(-1)?.title).toBe(
      'waited for carl, until cli:carl@laptop resumed the run, 2h 26m',
    )
  })

  it('draws a wait of an hour short on both sides of the work, and keeps its order', () => {
    const run = manyRun(20)
    const timeline = timelineOf(run)

    expect(timeline?.breaks.map(({ durationMs }) => Math.round(durationMs / 60_000))).toEqual([2, 62])
    const places = timeline?.breaks.flatMap(({ from, to }) => [from, to]) ?? []
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(timeline?.rows).toHaveLength(22)
  })

  it('draws a wait of hours short and writes its length on it', () => {
    const page = renderRunHtml(doneRun)
    const width = /class="break" style="left:[\d.]+%;width:([\d.]+)%" title="no work for 2h 27m"/.exec(page)

    expect(Number(width?.[1])).toBeLessThan(10)
  })

  it('marks the step that failed', () => {
    const failed = barsOf(renderRunHtml(stoppedRun)).filter(({ mark }) => mark === 'failed')
    expect(failed).toHaveLength(1)
  })
})

describe('what is live where', () => {
  const standsOf = (record: RunRecord) =>
    Object.fromEntries(
      (record.plan?.basis.consumers ?? []).map((consumer) => [consumer.repo, standOf(record, consumer).text]),
    )
  const deployedAs = (verified: RunRecord['deployed'][number]['verified']): RunRecord => ({
    ...doneRun,
    deployed: doneRun.deployed.slice(0, 1).map((one) => ({ ...one, verified })),
  })

  it('says of each consumer how far it came', () => {
    expect(standsOf(doneRun)).toEqual({ shop: 'live, verified', admin: 'adopted' })
    expect(standsOf(stoppedRun)).toEqual({ shop: 'stopped in adopt', admin: 'not reached' })
    expect(standsOf(waitingRun)).toEqual({ shop: 'not yet', admin: 'not yet' })
    expect(standsOf(deployedAs('no'))).toMatchObject({ shop: 'verification failed' })
    expect(standsOf(deployedAs('inconclusive'))).toMatchObject({ shop: 'verification inconclusive' })
    const unverified = { ...deployedAs('inconclusive'), steps: [] }
    expect(standsOf(unverified)).toMatchObject({ shop: 'live, not verified' })
  })

  it('has a row for every consumer of a large estate, and the headline counts them', () => {
    const run = manyRun(50)
    const text = renderRunText(run)

    for (const { repo } of run.plan?.basis.consumers ?? [])
      expect(text).toMatch(new RegExp(`^  ${repo} `, 'mu'))
    expect(text).toContain('adopted by 37 consumers; deployed to 37 consumers (37 of 37 verified)')
    expect(text).toContain('37 of 50 adopted (consumers) · 37 of 50 deployed (37 verified)')
  })
})

describe('the matrix of checks', () => {
  it('has a sign for every check of every repo, with its reason behind it; what is not asked stays empty', () => {
    const matrix = matrixOf(samplePlan.repos)

    expect(matrix?.columns).toContain('release_age')
    expect(matrix?.rows.map(({ label }) => label)).toEqual(['engine', 'shop', 'admin'])
    const cellOf = (repo: string, check: string) =>
      matrix?.rows.find(({ label }) => label === repo)?.cells[matrix.columns.indexOf(check)]
    expect(cellOf('engine', 'remote')?.verdict).toBe('green')
    expect(cellOf('engine', 'ci')?.verdict).toBe('not_applicable')
    expect(cellOf('shop', 'stash')).toEqual({
      verdict: 'overridden',
      title: expect.stringContaining('stash:shop: red, overridden (1 of 1). a stash on main'),
    })
    expect(cellOf('admin', 'release_age')?.verdict).toBe('unknown')
    expect(cellOf('admin', 'stash')).toBeNull()
  })
})

describe('Markdown for a release page', () => {
  it('begins with what came of it, folds what only some want, and closes every fold', () => {
    const markdown = renderRunMarkdown(doneRun)
    const [, afterTitle = ''] = markdown.split('\n\n')

    expect(afterTitle).toMatch(/^\*\*Done in 2h 29m/u)
    expect(markdown.indexOf('## What is live where')).toBeLessThan(markdown.indexOf('<details>'))
    expect(markdown.match(/<details>/gu)?.length).toBe(markdown.match(/<\/details>/gu)?.length)
    for (const title of ['Journey', 'Steps', 'History of this run']) {
      expect(markdown).toContain(`<details><summary>${title}</summary>`)
    }
    expect(renderRunMarkdown({ ...doneRun, overrides: [] })).toContain(
      '**Overrides:** No check was overridden.',
    )
  })
})

describe('the estate at a glance', () => {
  const status = {
    estate: 'acme',
    configCommit: 'a'.repeat(40),
    trains: [
      {
        train: 'engine',
        producer: 'engine',
        unknown: null,
        packages: [{ name: '@acme/engine', inManifest: '4.3.0', published: '4.3.0', unknown: null }],
        consumers: [
          {
            repo: 'shop',
            head: '5'.repeat(40),
            locked: [{ package: '@acme/engine', version: '4.3.0' }],
            deployed: '5'.repeat(40),
            isBehind: false,
            unknown: null,
          },
          {
            repo: 'admin',
            head: '6'.repeat(40),
            locked: [{ package: '@acme/engine', version: '4.2.3' }],
            deployed: null,
            isBehind: true,
            unknown: null,
          },
          {
            repo: 'kiosk',
            head: null,
            locked: [],
            deployed: null,
            isBehind: null,
            unknown: 'its remote did not answer',
          },
        ],
      },
    ],
    lanes: [{ lane: 'release_train', holders: ['cli:ana@desk'], waiting: 2 }],
    forge: [
      {
        repo: 'shop',
        notAsked: null,
        checks: { verdict: 'red', detail: 'test' },
        pullRequests: [{ number: 7, url: 'https://github.example/acme/shop/pull/7', title: 'Adopt engine' }],
        blocking: [],
        unknown: [],
      },
      {
        repo: 'admin',
        notAsked: 'There is no token for github.example',
        checks: null,
        pullRequests: null,
        blocking: null,
        unknown: [],
      },
      {
        repo: 'engine',
        notAsked: null,
        checks: { verdict: 'green', detail: '2 of 2 checks' },
        pullRequests: [],
        blocking: null,
        unknown: ['github.example answered 503'],
      },
    ],
    runs: [
      {
        run: '8f2c',
        train: 'engine',
        state: 'stopped',
        startedAt: '2026-03-02T09:12:00.000Z',
        stop: 'EXPECTED_STATE',
      },
    ],
  } as const

  it('says who is behind and who could not be compared', async () => {
    const text = renderEstateText(status, { next: 'pnpm conduct run engine --version 4.3.0' })

    expect(text).toContain('admin is behind; 1 of 3 could not be compared.')
    await expect(text).toMatchFileSnapshot('../fixtures/estate.txt')
  })

  it('never calls up to date what could not be compared', () => {
    const trains = status.trains.map((train) => ({
      ...train,
      consumers: train.consumers.filter(({ repo }) => repo === 'kiosk'),
    }))

    expect(renderEstateText({ ...status, trains })).toContain('No of 1 consumer could be compared.')
  })

  it('says of a producer that could not be read why, and calls nothing up to date', () => {
    const [train] = status.trains
    const trains = [{ ...train, packages: [], consumers: [], unknown: 'REMOTE_UNREACHABLE: no answer' }]

    const report = describeEstate({ ...status, trains })

    expect(report).toMatchObject({ tone: 'unknown', state: 'unknown' })
    expect(renderEstateText({ ...status, trains })).toContain('REMOTE_UNREACHABLE: no answer')
    expect(estateToJson({ ...status, trains }).trains).toMatchObject([
      { producer: 'engine', unknown: 'REMOTE_UNREACHABLE: no answer' },
    ])
  })

  it('is snake case in JSON', () => {
    expect(estateToJson(status)).toMatchObject({
      config_commit: 'a'.repeat(40),
      trains: [
        {
          packages: [{ in_manifest: '4.3.0' }],
          consumers: [{ behind: false }, { behind: true }, { behind: null }],
        },
      ],
      forge: [
        { repo: 'shop', not_asked: null, pull_requests: [{ number: 7 }], blocking: [] },
        { repo: 'admin', not_asked: 'There is no token for github.example', checks: null },
        { repo: 'engine', blocking: null, unknown: ['github.example answered 503'] },
      ],
      runs: [{ started_at: '2026-03-02T09:12:00.000Z' }],
    })
  })
})
