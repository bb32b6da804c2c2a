import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, makeWorld, openCheckout, type World } from './guarded-repository.ts'

/** A lane is new in a pull request, and its captain vouches for it at the forge: when that counts, and when it does not. */
const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
const folder = temporaryFolder()
let github: GithubDouble
let shop: RepositoryDouble
let world: World

beforeAll(async () => {
  github = await startGithub()
  github.addToken(token, { login: 'github-actions[bot]', kind: 'workflow', scopes: null })
  shop = await github.createRepository('acme/shop')
  shop.records.access.set('github-actions[bot]', 'write')
  world = makeWorld(folder.path)
  await shop.commit('main', { 'lanes.yaml': lanes() })
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const seeds = `  seeds:
    purpose: Seeds are rewritten by one at a time.
    captains: [ana]
    triggers: { paths: ["db/seeds/**"] }
    justification: { irreversible: true, signed_off_by: ana }
`
const lanes = (more = '', account = 'Ana-Acme'): string => `version: 1
estate: approved
people: { ana: { forge: ${account} }, carl: { forge: carl } }
repos: { shop: { remote: "git@github.example:acme/shop.git" } }
lanes:
  site:
    purpose: The site is published by one at a time.
    captains: [ana]
    triggers: { paths: ["docs/**"] }
    justification: { irreversible: true, signed_off_by: ana }
${more}`

interface PullRequest {
  readonly number: number
  readonly head: string
}

async function open(author = 'carl', text = lanes(seeds)): Promise<PullRequest> {
  const number = await shop.addPullFromFork({ from: `${author}/shop`, files: { 'lanes.yaml': text } })
  return { number, head: shop.records.pulls.find((pull) => pull.number === number)?.head ?? '' }
}

type Review = Parameters<RepositoryDouble['review']>[1]

function say(pull: PullRequest, review: Partial<Review>): void {
  shop.review(pull.number, { login: 'ana-acme', body: '', state: 'APPROVED', commit: pull.head, ...review })
}

/** The job of CI for it, its head checked out. */
function job({ number, head }: PullRequest): Checkout {
  const path = join(folder.path, `job-${number}`)
  mkdirSync(path)
  const env = {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: github.url,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_REF: `refs/pull/${number}/merge`,
    GH_ENTERPRISE_TOKEN: token,
  }
  const checkout = openCheckout(path, world, { env })
  checkout.git('clone', '--quiet', shop.url, '.')
  checkout.git('fetch', '--quiet', 'origin', `pull/${number}/head`)
  checkout.git('checkout', '--quiet', '--detach', head)
  return checkout
}

interface Judged {
  readonly exit: number | null
  /** Of the sign-off, and why it is not proved. */
  readonly code: string
  readonly said: string
}

async function judge(checkout: Checkout): Promise<Judged> {
  const ended = await checkout.conduct('-c', 'lanes.yaml', 'review', '--base', 'origin/main', '--json')
  const findings = documentOf(ended)['findings'] as readonly {
    readonly code: string
    readonly message: string
    readonly details: readonly string[]
  }[]
  const found = findings.find(({ code }) => code.endsWith('SIGNED_OFF'))
  return {
    exit: ended.exit,
    code: found?.code ?? '',
    said: [found?.message, ...(found?.details ?? [])].join('; '),
  }
}

it('a captain’s approval of exactly the head is a sign-off; the pull request says who else it waits for', async () => {
  const [silent, approved] = [await open(), await open()]
  say(approved, {})
  say(approved, { login: 'carl', state: 'COMMENTED', body: 'hm' })

  const [missing, found] = [await judge(job(silent)), await judge(job(approved))]

  expect(missing).toMatchObject({ exit: 12, code: 'LANE_NOT_SIGNED_OFF' })
  expect(missing.said).toContain(`ana (Ana-Acme) has not approved acme/shop#${silent.number}`)
  expect(found).toMatchObject({ exit: 0, code: 'LANE_SIGNED_OFF' })
  expect(found.said).toMatch(/by the approval at the forge http.*pullrequestreview/)
})

it.each<[string, Partial<Review>[], string]>([
  [
    'was given for an earlier commit',
    [{ commit: 'a'.repeat(40) }],
    'approved acme/shop#N at aaaaaaa, and its head is',
  ],
  ['was dismissed', [{ state: 'DISMISSED' }], 'The approval of ana on acme/shop#N was dismissed'],
  [
    'was followed by another word',
    [{}, { state: 'CHANGES_REQUESTED' }],
    'ana asks for changes on acme/shop#N',
  ],
  ['is somebody else’s', [{ login: 'carl' }], 'ana (Ana-Acme) has not approved acme/shop#N'],
  ['is of a bot of that name', [{ isBot: true }], 'ana (Ana-Acme) has not approved acme/shop#N'],
  [
    'is only a comment',
    [{ state: 'COMMENTED', body: 'approved' }],
    'ana (Ana-Acme) has not approved acme/shop#N',
  ],
])('an approval that %s is none', async (_, words, because) => {
  const pull = await open()
  for (const word of words) say(pull, word)

  const judged = await judge(job(pull))

  expect(judged).toMatchObject({ exit: 12, code: 'LANE_NOT_SIGNED_OFF' })
  expect(judged.said).toContain(because.replace('N', String(pull.number)))
})

it('nobody vouches for what they opened, and no change brings the account that vouches for it', async () => {
  const [own, stolen] = [await open('ana-acme'), await open('carl', lanes(seeds, 'mallory'))]
  say(own, {})
  say(stolen, { login: 'mallory' })

  const [first, second] = [await judge(job(own)), await judge(job(stolen))]

  expect([first, second]).toMatchObject([{ exit: 12 }, { exit: 12 }])
  expect(first.said).toContain('ana opened')
  expect(second.said).toContain('ana (Ana-Acme) has not approved')
})

it('vouches for what stands at the head, and for nothing that was changed since', async () => {
  const pull = await open()
  say(pull, {})
  const here = job(pull)
  here.write('lanes.yaml', lanes(seeds.replace('db/seeds/**', 'db/s*/**')))
  const changed = await judge(here)
  here.git('checkout', '--quiet', '--force', 'origin/main')
  here.write('lanes.yaml', lanes(seeds))
  const elsewhere = await judge(here)

  expect(changed).toMatchObject({ exit: 12 })
  expect(changed.said).toContain('is not what ana signed off')
  expect(elsewhere).toMatchObject({ exit: 12 })
  expect(elsewhere.said).toContain('is not in the history of this checkout')
})
