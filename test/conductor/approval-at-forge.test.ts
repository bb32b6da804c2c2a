import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import type { Estate } from '@conduct/rehearsal'
import { readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { runChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'
import { bounded } from '../bounded.ts'

const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'

/** Runs over real remotes and a real registry whose approvals are given in issues of the double of GitHub. */
describe('approvals at the forge', () => {
  const estates = useEstates()
  let github: GithubDouble
  let talk: RepositoryDouble
  beforeEach(async () => {
    github = await startGithub()
    talk = await github.createRepository('acme/talk')
    await talk.commit('main', { 'README.md': 'talk\n' })
    talk.records.access.set('release-bot', 'write')
    github.addToken(token, { login: 'release-bot', kind: 'user', scopes: ['repo'] })
  })
  afterEach(() => github[Symbol.asyncDispose]())

  /** The standing issue where approvals are given, and lanes.yaml that names it. */
  async function declare(estate: Estate, more = ''): Promise<{ lanesYaml: string; number: number }> {
    const number = talk.addIssue('Releases', [])
    const lanesYaml = await quickLanesYaml(estate, [
      [/ana: \{\}\n {2}carl: \{\}/u, 'ana: { forge: Ana-Acme }\n  carl: { forge: carl }'],
      [
        'repos:\n',
        `repos:\n  talk: { remote: "file:///srv/acme/talk.git", forge: { github: "${github.url}" } }\n`,
      ],
      [
        'approval: { actions: [publish, deploy], by: [ana], requester_may_approve: true }',
        `approval: { actions: [publish, deploy], by: [ana, carl], via: forge, issue: "talk#${number}"${more} }`,
      ],
    ])
    return { lanesYaml, number }
  }

  const open = (estate: Estate, lanesYaml: string, as = 'carl') =>
    openConductor({ ...estate, as, lanesYaml, env: { GH_ENTERPRISE_TOKEN: token } })

  it('asks once, hears only listed people who name the plan, and travels on when one does', async () => {
    const estate = await estates.fresh()
    const { lanesYaml, number } = await declare(estate)
    const before = await readWorld(estate)
    await using carl = await open(estate, lanesYaml)

    const waiting = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })

    const { run, plan, asked } = waiting.record
    const hash = plan?.hash ?? ''
    expect(waiting.record.stop).toMatchObject({ code: 'APPROVAL_MISSING', exit: 6 })
    expect(asked).toMatchObject({ by: ['ana'], proof: 'forge', planHash: hash })
    expect(asked?.place).toMatch(/acme\/talk\/issues\/\d+#issuecomment/u)
    expect(waiting.record.stop?.hint).toContain(`/conduct approve ${hash}`)
    expect(await readWorld(estate)).toEqual(before)
    const [request] = talk.records.comments
    expect(request).toMatchObject({ login: 'release-bot', number })
    expect(request?.body).toContain('@Ana-Acme')
    await expect(carl.conductor.approvePlan({ plan: plan?.id ?? '' })).rejects.toMatchObject({
      code: 'APPROVAL_REFUSED',
    })

    talk.comment(number, { login: 'eve', body: `/conduct approve ${hash}` })
    talk.comment(number, { login: 'carl', body: `/conduct approve ${hash}` })
    talk.comment(number, { login: 'ana-acme', body: '/conduct approve' })
    talk.comment(number, { login: 'ana-acme', body: `/conduct approve ${hash}`, isBot: true })
    talk.comment(number, {
      login: 'ana-acme',
      body: `/conduct approve ${hash}`,
      editedAt: '2030-01-01T00:00:00Z',
    })
    talk.comment(number, { login: 'ana-acme', body: `/conduct approve ${'f'.repeat(64)}` })
    talk.comment(number, { login: 'release-bot', body: `/conduct approve ${hash}` })
    const still = await carl.conductor.resumeRun({ run, waitMsMax: 0 })

    expect(still.record.stop).toMatchObject({ code: 'APPROVAL_MISSING' })
    for (const because of [
      'eve is not listed',
      'carl asked for plan',
      'names no plan',
      'is a bot',
      'was changed',
    ]) {
      expect(still.record.stop?.message).toContain(because)
    }
    expect(talk.records.comments.filter(({ login }) => login === 'release-bot')).toHaveLength(2)
    expect(await readWorld(estate)).toEqual(before)

    talk.comment(number, { login: 'ana-acme', body: `Looks right.\n\n/conduct approve ${hash} go\n` })
    const done = await carl.conductor.resumeRun({ run, waitMsMax: 0 })

    expect({ exit: done.exit, stop: done.record.stop }).toEqual({ exit: 0, stop: null })
    expect(done.record.approvals).toMatchObject([
      { by: 'ana', proof: 'forge', login: 'ana-acme', note: 'go', verdict: 'approved' },
    ])
    expect(done.record.steps.find(({ kind }) => kind === 'ask')).toMatchObject({ state: 'already' })
  })

  it('is denied there with a reason: the plan stays denied, for the command line, too', async () => {
    const estate = await estates.fresh()
    const { lanesYaml, number } = await declare(estate)
    await using carl = await open(estate, lanesYaml)
    const { record } = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    const hash = record.plan?.hash ?? ''
    talk.comment(number, { login: 'ana-acme', body: `/conduct approve ${hash}` })
    talk.comment(number, { login: 'ana-acme', body: `/conduct deny ${hash} not on a Friday` })

    const denied = await carl.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect({ exit: denied.exit, code: denied.record.stop?.code }).toEqual({
      exit: 6,
      code: 'APPROVAL_DENIED',
    })
    expect(denied.record.stop?.message).toContain('not on a Friday')
    expect(denied.record.approvals).toMatchObject([{ by: 'ana', verdict: 'denied', proof: 'forge' }])
    await expect(
      carl.conductor.runTrain({ train: 'engine', plan: record.planId ?? '', waitMsMax: 0 }),
    ).rejects.toMatchObject({ code: 'APPROVAL_DENIED' })

    const anew = await carl.conductor.resumeRun({ run: record.run, replan: true, waitMsMax: 0 })
    expect(anew.record.stop).toMatchObject({ code: 'APPROVAL_MISSING' })
    expect(anew.record.planId).toBe(`${record.planId ?? ''}-2`)
    expect(anew.record.plan?.hash).toBe(hash)
  })

  it('is not taken for missing when the forge is silent: exit 30, and nothing was done', async () => {
    const estate = await estates.fresh()
    const { lanesYaml, number } = await declare(estate)
    const before = await readWorld(estate)
    await using carl = await open(estate, lanesYaml)
    const { record } = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    talk.comment(number, { login: 'ana-acme', body: `/conduct approve ${record.plan?.hash ?? ''}` })
    github.misbehave(({ endpoint }) =>
      endpoint.endsWith('/comments') ? { fault: 'status', status: 500 } : null,
    )

    const silent = await carl.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect({ exit: silent.exit, code: silent.record.stop?.code }).toEqual({
      exit: 30,
      code: 'OUTCOME_UNKNOWN',
    })
    expect(await readWorld(estate)).toEqual(before)
    github.misbehave(null)
    const done = await carl.conductor.resumeRun({ run: record.run, waitMsMax: 0 })
    expect(done.exit).toBe(0)
  })

  it.each(bounded(['ask:acted', 'ask:intended'], 1))(
    'opens one issue for a plan, though the conductor died at %s, and closes it once it has an answer, yes or no',
    async (point) => {
      const estate = await estates.fresh()
      const engine = await github.createRepository('remotes/engine')
      await engine.commit('main', { 'README.md': 'engine' })
      engine.records.access.set('release-bot', 'write')
      const lanesYaml = await quickLanesYaml(estate, [
        [/ana: \{\}/u, 'ana: { forge: ana-acme }'],
        [/( {2}engine:\n {4}remote: .*\n(?: {4}.*\n)*? {4}forge: )none/u, `$1{ github: "${github.url}" }`],
        ['requester_may_approve: true }', 'requester_may_approve: true, via: forge }'],
        ['    lane: release_train\n', '    lane: release_train\n    accept_unknown: [ci_verdict]\n'],
      ])
      const { dir, storeUrl } = estate
      const env = { GH_ENTERPRISE_TOKEN: token }
      const at = { point, signal: 'SIGKILL' } as const

      const killed = await runChild({ dir, storeUrl, lanesYaml, env, approve: false, at })
      expect({ signal: killed.signal, stderr: killed.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
      await using ana = await open(estate, lanesYaml, 'ana')
      const [left] = await ana.conductor.listRuns()
      const asked = await ana.conductor.resumeRun({ run: left?.run ?? '', waitMsMax: 30_000 })

      expect(asked.record.stop).toMatchObject({ code: 'APPROVAL_MISSING' })
      const [issue, ...others] = engine.records.issues
      expect({ title: issue?.title, state: issue?.state, others }).toEqual({
        title: `Approve plan ${asked.record.planId ?? ''} of train engine? (@rehearsal/engine 1.1.0)`,
        state: 'open',
        others: [],
      })
      const hash = asked.record.plan?.hash ?? ''
      const states = () => engine.records.issues.map(({ state }) => state)
      engine.comment(issue?.number ?? 0, { login: 'ana-acme', body: `/conduct deny ${hash} not today` })
      const denied = await ana.conductor.resumeRun({ run: asked.record.run, waitMsMax: 0 })
      expect(denied.record.stop).toMatchObject({ code: 'APPROVAL_DENIED' })
      expect(states()).toEqual(['closed'])

      const { run } = asked.record
      const second = await ana.conductor.resumeRun({ run, replan: true, waitMsMax: 0 })
      expect(states()).toEqual(['closed', 'open'])
      await ana.conductor.denyPlan({ plan: second.record.planId ?? '', reason: 'not tomorrow' })
      expect(states()).toEqual(['closed', 'closed'])

      await ana.conductor.resumeRun({ run, replan: true, waitMsMax: 0 })
      const number = engine.records.issues.at(-1)?.number ?? 0
      engine.comment(number, { login: 'ana-acme', body: `/conduct approve ${hash}` })
      const done = await ana.conductor.resumeRun({ run: asked.record.run, waitMsMax: 0 })

      expect({ exit: done.exit, stop: done.record.stop }).toEqual({ exit: 0, stop: null })
      expect(states()).toEqual(['closed', 'closed', 'closed'])
    },
  )

  it('counts a review of the pull request that lanes.yaml names, for the commit it was given for', async () => {
    const estate = await estates.fresh()
    const { lanesYaml } = await declare(estate)
    await talk.branch('plan', { from: await talk.head('main'), files: { plan: '1' } })
    const number = 7
    talk.records.pulls.push({
      number,
      base: 'main',
      headBranch: 'plan',
      title: 'Release',
      body: '',
      author: 'carl',
      from: null,
      updatedAt: '2026-01-01T00:00:00Z',
      state: 'open',
      head: await talk.head('plan'),
      mergeCommit: null,
      queue: null,
      askedFor: '',
    })
    const atPull = lanesYaml.replace(/issue: "talk#\d+"/u, `issue: "talk#${number}"`)
    await using carl = await open(estate, atPull)
    const { record } = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    const body = `/conduct approve ${record.plan?.hash ?? ''}`
    const given = { login: 'ana-acme', body, state: 'APPROVED', commit: await talk.head('plan') } as const
    talk.review(number, { ...given, state: 'DISMISSED' })
    talk.review(number, { ...given, commit: await talk.head('main') })

    const still = await carl.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect(still.record.stop?.message).toContain('the review is dismissed')
    expect(still.record.stop?.message).toContain('the review was given for another commit')
    talk.review(number, given)
    const done = await carl.conductor.resumeRun({ run: record.run, waitMsMax: 0 })
    expect({ exit: done.exit, stop: done.record.stop }).toEqual({ exit: 0, stop: null })
    expect(done.record.approvals).toMatchObject([
      { proof: 'forge', url: expect.stringContaining('#pullrequestreview-') as string },
    ])
  })
})
