import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type GithubDouble, type RepositoryDouble, startGithub } from '@conduct/rehearsal/forge'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, temporaryFolder } from './conduct-process.ts'
import { type Checkout, makeWorld, openCheckout, type World } from './guarded-repository.ts'

const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
const migration = 'db/migrate/20260101000000_add_x.rb'
const folder = temporaryFolder()
let github: GithubDouble
let shop: RepositoryDouble
let world: World

beforeAll(async () => {
  github = await startGithub()
  github.addToken(token, { login: 'ci', kind: 'user', scopes: ['repo'] })
  shop = await github.createRepository('acme/shop')
  await shop.commit('main', { 'README.md': 'shop\n' })
  shop.records.access.set('ci', 'write')
  world = makeWorld(folder.path)
  writeFileSync(
    world.config,
    `version: 1
estate: guarded
store: sqlite:${join(folder.path, 'state.db')}
people: { ana: { forge: ana-acme }, carl: { forge: carl } }
repos: { shop: { remote: ${shop.url}, forge: { github: ${JSON.stringify(github.url)} } } }
lanes: { backend_migration: { use: rails_migrations, captains: [carl], scope: repo } }
`,
  )
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

let count = 0

/** A checkout as a job of CI has it, for the pull request that it is about. */
function job(number: number, event: Readonly<Record<string, string>>): Checkout {
  count += 1
  const path = join(folder.path, `job-${count}`)
  mkdirSync(path)
  const env = { CI: 'true', GITHUB_ACTIONS: 'true', GH_ENTERPRISE_TOKEN: token, ...event }
  const checkout = openCheckout(path, world, { env })
  checkout.git('clone', '--quiet', shop.url, '.')
  checkout.git('fetch', '--quiet', 'origin', `pull/${number}/head:pull`)
  return checkout
}

function desk(name: string): Checkout {
  const path = join(folder.path, name)
  mkdirSync(path, { recursive: true })
  return openCheckout(path, world)
}

const open = (author: string, file: string) =>
  shop.addPullFromFork({ from: `${author}/shop`, files: { [file]: '# x\n' } })
const statusesOf = (commit: string) => shop.records.statuses.filter((one) => one.commit === commit)

describe('a pull request with a migration', () => {
  it('is refused while another holds the lane, whatever it says of itself, with annotation and status; passes for its author; and is judged again in the merge queue', async () => {
    const number = await open('ana-acme', migration)
    const at = shop.records.pulls.findIndex((each) => each.number === number)
    const pull = shop.records.pulls[at]
    if (pull !== undefined) shop.records.pulls[at] = { ...pull, body: 'Holder: carl. Task: ABC-1.' }
    const pullJob = job(number, { GITHUB_REF: `refs/pull/${number}/merge` })
    const queueJob = job(number, { GITHUB_REF: `refs/heads/gh-readonly-queue/main/pr-${number}-abc` })
    await desk('carl').conduct(
      '--as',
      'carl',
      'lane',
      'acquire',
      'backend_migration',
      '--repo',
      'shop',
      '--task',
      'ABC-1',
    )

    const refused = await pullJob.conduct('guard', '--ci', '--json')
    await desk('carl').conduct('--as', 'carl', 'lane', 'release', 'backend_migration')
    const free = await pullJob.conduct('guard', '--ci', '--json')
    await desk('ana').conduct('--as', 'ana', 'lane', 'acquire', 'backend_migration', '--repo', 'shop')
    const passed = await pullJob.conduct('guard', '--ci', '--json')
    await desk('ana').conduct('--as', 'ana', 'lane', 'release', 'backend_migration')
    const again = await queueJob.conduct('guard', '--ci', '--json')

    expect([refused.exit, free.exit, passed.exit, again.exit]).toEqual([12, 12, 0, 12])
    expect(documentOf(refused)).toMatchObject({
      verdict: 'held',
      pull_request: `shop#${number}`,
      status: 'written',
      needs: [{ because: [{ match: migration }], holder: { task: 'ABC-1' } }],
    })
    expect(refused.stderr).toMatch(
      /^::error file=db\/migrate\/20260101000000_add_x.rb,line=1,title=lane backend_migration::.*carl/m,
    )
    expect(documentOf(free)).toMatchObject({
      needs: [{ take: `conduct lane acquire backend_migration --repo shop --until-merged 'shop#${number}'` }],
    })
    expect(statusesOf(pull?.head ?? '').map(({ context, state }) => [context, state])).toEqual([
      ['conduct-guard', 'failure'],
      ['conduct-guard', 'failure'],
      ['conduct-guard', 'success'],
      ['conduct-guard', 'failure'],
    ])
  })

  it('passes with a claim that lives with it, or is for it; what needs no lane passes', async () => {
    const number = await open('somebody', 'db/migrate/20260102000000_b.rb')
    const unrelated = await open('somebody', 'src/a.rb')
    const here = job(number, {})
    here.git('fetch', '--quiet', 'origin', `pull/${unrelated}/head:other`)
    const ask = (pullRequest: number) =>
      here.conduct('guard', '--ci', '--pull-request', `shop#${pullRequest}`, '--json')
    await desk('carl').conduct(
      '--as',
      'carl',
      'lane',
      'acquire',
      'backend_migration',
      '--repo',
      'shop',
      '--task',
      `shop#${number}`,
    )

    const [own, other] = [await ask(number), await ask(unrelated)]
    const nobody = await here.conduct('guard', '--ci', '--json')
    const missing = await here.conduct('guard', '--ci', '--pull-request', 'shop#9999', '--json')

    expect([own.exit, other.exit]).toEqual([0, 0])
    expect(documentOf(other)).toMatchObject({ store: 'not_asked' })
    expect(documentOf(nobody)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(documentOf(missing)).toMatchObject({ error: { code: 'PULL_REQUEST_UNKNOWN' } })
  })

  it('is refused for what it smuggles, at its line, where no path says so', async () => {
    const rake =
      'task :x do\n  ActiveRecord::Base.connection.execute("ALTER TABLE orders ADD COLUMN y int")\nend\n'
    const number = await shop.addPullFromFork({ from: 'somebody/shop', files: { 'lib/tasks/x.rake': rake } })
    const here = job(number, { GITHUB_REF: `refs/pull/${number}/merge` })

    const refused = await here.conduct('guard', '--ci', '--json')

    expect(refused.exit).toBe(12)
    expect(documentOf(refused)).toMatchObject({
      smuggled: [{ kind: 'hidden_ddl', file: 'lib/tasks/x.rake', line: 2 }],
      needs: [{ lane: 'backend_migration', because: [{ kind: 'smuggled', rule: 'hidden_ddl' }] }],
    })
    expect(refused.stderr).toMatch(/^::error file=lib\/tasks\/x.rake,line=2,/m)
  })

  it('sends the credentials of a job to the server that the job runs at, whatever the pull request makes of lanes.yaml', async () => {
    const seen: string[] = []
    const thief = createServer((request, response) => {
      seen.push(request.headers.authorization ?? '')
      response.writeHead(404).end('{}')
    })
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve))
    const { port } = thief.address() as AddressInfo
    const number = await open('somebody', 'src/b.rb')
    const ref = { GITHUB_REF: `refs/pull/${number}/merge` }
    const here = job(number, { ...ref, GITHUB_SERVER_URL: github.url, GITHUB_REPOSITORY: 'acme/shop' })
    const elsewhere = job(number, ref)
    const rules = readFileSync(world.config, 'utf8').replaceAll(github.url, `http://127.0.0.1:${port}`)
    for (const checkout of [here, elsewhere]) {
      checkout.write('lanes.yaml', rules)
      checkout.git('config', 'conduct.repo', 'shop')
    }

    const judged = await here.conduct('guard', '--ci', '--json')
    const sentInJob = [...seen]
    const control = await elsewhere.conduct('guard', '--ci', '--json')
    await new Promise((resolve) => thief.close(resolve))

    expect([judged.exit, sentInJob]).toEqual([0, []])
    expect(control.exit).not.toBe(0)
    expect(seen.some((each) => each.includes(token))).toBe(true)
  })
})
