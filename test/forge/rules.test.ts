import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BranchRules } from '@conduct/forge'
import { expect, it } from 'vitest'
import { type Workshop, inRepo, openWorkshop } from './workshop.ts'

async function rulesOf({ repository }: Workshop): Promise<BranchRules> {
  const reading = await repository.readRules('main')
  if (reading.state !== 'present') throw new Error(`${reading.state}: ${JSON.stringify(reading)}`)
  return reading.value
}

/** What git itself is told at the door. */
function tryPush(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'push-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
  try {
    git('clone', '--quiet', url, '.')
    git('commit', '--quiet', '--allow-empty', '--message', 'adopt')
    git('push', '--quiet', 'origin', 'HEAD:main')
    return 'pushed'
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

it('lets an unprotected branch be pushed to, as git then finds', async () => {
  await using workshop = await openWorkshop()

  const rules = await rulesOf(workshop)

  expect(rules).toMatchObject({
    isProtected: false,
    push: { allowed: 'yes' },
    pullRequest: { allowed: 'yes' },
  })
  expect(tryPush(workshop.shop.url)).toBe('pushed')
})

it('says why a protected branch takes no push, which git is then refused, and that a pull request is a way', async () => {
  await using workshop = await openWorkshop()
  workshop.shop.records.access.set('ana', 'admin')
  await workshop.shop.protect('main', {
    checks: [{ context: 'test', appId: null }],
    reviews: 2,
    isStrict: true,
    enforceAdmins: true,
  })

  const rules = await rulesOf(workshop)

  expect(rules).toMatchObject({
    isProtected: true,
    push: {
      allowed: 'no',
      because: ['test must pass before a commit reaches main', 'main takes pull requests only'],
    },
    pullRequest: { allowed: 'yes' },
    canBypass: false,
    requiredReviews: 2,
    needsUpToDateHead: true,
    requiredChecks: [{ name: 'test', appId: null }],
  })
  expect(tryPush(workshop.shop.url)).toContain('GH006')
})

it('does not guess what it is not shown: protection that only its owner may read leaves a push unknown', async () => {
  await using workshop = await openWorkshop()
  await workshop.shop.protect('main', { reviews: 1 })

  const rules = await rulesOf(workshop)

  expect(rules.push.allowed).toBe('unknown')
  expect(rules.requiredReviews).toBeNull()
  expect(rules.unjudged).toEqual(['classic protection in detail'])
})

it.each([
  [
    { type: 'pull_request', parameters: { allowed_merge_methods: ['squash'] } },
    'a ruleset wants a pull request into main',
  ],
  [{ type: 'merge_queue' }, 'main merges through a queue'],
  [{ type: 'required_signatures' }, 'main wants signed commits'],
  [{ type: 'update' }, 'a ruleset lets nobody update main'],
])('reads rulesets: %o', async (rule, because) => {
  await using workshop = await openWorkshop()
  await workshop.shop.addRule('main', rule)

  const rules = await rulesOf(workshop)

  expect(rules.push).toEqual({ allowed: 'no', because: [because] })
  expect(rules.needsMergeQueue).toBe(rule.type === 'merge_queue')
  expect(rules.pullRequest.allowed).toBe(rule.type === 'update' ? 'no' : 'yes')
  expect(rules.mergeMethods).toEqual(rule.type === 'pull_request' ? ['squash'] : ['squash', 'merge'])
  expect(rules.canBypass).toBe(false)
})

it('names the bypass that it does not use, and rules that only the push would prove', async () => {
  await using workshop = await openWorkshop()
  await workshop.shop.addRule('main', { type: 'pull_request', bypass: 'always' })
  const bypassed = await rulesOf(workshop)
  await workshop.shop.addRule('main', {
    type: 'commit_message_pattern',
    parameters: { operator: 'starts_with', pattern: 'x' },
  })
  const rules = await rulesOf(workshop)

  expect(bypassed).toMatchObject({ push: { allowed: 'no' }, canBypass: true })
  expect(rules.unjudged).toEqual(['commit_message_pattern'])
})

it('takes a plan that has no rulesets for none, and a refusal of our identity for what it is', async () => {
  await using workshop = await openWorkshop()
  const { repository, github, shop } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success')
  const refuse = (message: string): void => {
    github.misbehave(({ endpoint }) =>
      endpoint === `GET ${inRepo}/rules/branches/{branch}` ? { fault: 'status', status: 403, message } : null,
    )
  }

  refuse('Upgrade to GitHub Pro or make this repository public to enable this feature.')
  const free = await rulesOf(workshop)
  const verdict = await repository.readVerdict({ commit, branch: 'main' })
  refuse('Resource not accessible by personal access token')
  const refused = await repository.readRules('main')

  expect(free).toMatchObject({ isProtected: false, push: { allowed: 'yes' } })
  expect(verdict.verdict).toBe('green')
  expect(refused).toMatchObject({ state: 'unknown', isRetryable: false })
  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'unknown' })
})

it('says that a reader, or an archived repository, is no way at all', async () => {
  await using workshop = await openWorkshop()
  workshop.shop.records.access.set('ana', 'read')
  const asReader = await rulesOf(workshop)
  workshop.shop.records.access.set('ana', 'admin')
  workshop.shop.records.isArchived = true
  const archived = await rulesOf(workshop)

  expect([asReader.push.allowed, asReader.pullRequest.allowed]).toEqual(['no', 'no'])
  expect(archived.pullRequest).toEqual({ allowed: 'no', because: ['the repository is archived'] })
})

it('knows an absent branch from a hidden repository and from silence', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop

  expect(await repository.readRules('release')).toEqual({ state: 'absent' })
  github.misbehave(({ endpoint }) =>
    endpoint === `GET ${inRepo}/branches/{branch}` ? { fault: 'status', status: 503 } : null,
  )
  expect(await repository.readRules('main')).toMatchObject({ state: 'unknown', isRetryable: true })
  github.misbehave(null)
  shop.records.access.clear()
  expect(await repository.readRules('main')).toMatchObject({ state: 'unknown', isRetryable: false })
  expect(await repository.readAccess()).toEqual({ state: 'absent' })
})

it('lists what blocks a release: issues and pull requests with the label, on every page, and nothing is an answer', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  expect(await repository.readBlocking('no-release')).toEqual({ state: 'present', value: [] })

  shop.addIssue('Other', ['bug'])
  for (let number = 0; number < 101; number += 1) shop.addIssue(`Hold ${number}`, ['no-release'])
  const reading = await repository.readBlocking('no-release')
  github.misbehave(() => ({ fault: 'status', status: 500 }))
  const silent = await repository.readBlocking('no-release')

  expect(reading.state === 'present' && reading.value).toHaveLength(101)
  expect(reading.state === 'present' && reading.value[0]).toMatchObject({ title: 'Hold 0', kind: 'issue' })
  expect(silent.state).toBe('unknown')
})
