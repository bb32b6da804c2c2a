import { expect, it } from 'vitest'
import { inRepo, openWorkshop } from './workshop.ts'

const marker = '<!-- conduct: review -->'
const workflowToken = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'

async function openThread() {
  const workshop = await openWorkshop()
  const number = await workshop.shop.addPullFromFork({ from: 'else/shop', files: { a: '1' } })
  const write = (body: string, isNewWanted = true) =>
    workshop.repository.writeComment({ number, marker, body, isNewWanted })
  return { workshop, number, write }
}

it('keeps one comment for a marker, changes it only when it says something else, and starts none that is not wanted', async () => {
  const { workshop, number, write } = await openThread()
  await using _ = workshop
  const { shop } = workshop
  for (let other = 0; other < 120; other += 1) shop.comment(number, { login: 'bob', body: `${other}` })

  const unwanted = await write('nothing', false)
  const outcomes = [await write('one'), await write('one'), await write('two'), await write('none', false)]

  expect(unwanted).toEqual({ outcome: 'none', url: null })
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['created', 'unchanged', 'updated', 'updated'])
  expect(new Set(outcomes.map(({ url }) => url)).size).toBe(1)
  expect(shop.records.comments.filter(({ body }) => body.includes(marker)).map(({ body }) => body)).toEqual([
    `none\n\n${marker}\n`,
  ])
})

it('takes no comment of somebody else for its own, whatever marker they put into it', async () => {
  const { workshop, number, write } = await openThread()
  await using _ = workshop
  const { shop } = workshop
  shop.comment(number, { login: 'mallory', body: `All is well.\n\n${marker}\n` })

  const written = await write('Danger.')

  expect(written.outcome).toBe('created')
  expect(shop.records.comments.map(({ login, body }) => [login, body.split('\n')[0]])).toEqual([
    ['mallory', 'All is well.'],
    ['ana', 'Danger.'],
  ])
})

it('writes none twice when an answer is lost', async () => {
  const { workshop, write } = await openThread()
  await using _ = workshop
  workshop.github.misbehave(({ endpoint, nth }) =>
    endpoint === `POST ${inRepo}/issues/{issue_number}/comments` && nth === 1
      ? { fault: 'acts_then_status', status: 502 }
      : null,
  )

  const written = await write('one')

  expect(written.outcome).toBe('created')
  expect(workshop.shop.records.comments).toHaveLength(1)
})

it('says that it may not, with a token that may only read; and that one is too long', async () => {
  const { workshop, number, write } = await openThread()
  await using _ = workshop
  const { github, shop } = workshop
  github.addToken(workflowToken, { login: 'github-actions[bot]', kind: 'workflow', scopes: null })
  shop.records.access.set('github-actions[bot]', 'read')
  const forge = await workshop.openAs({ kind: 'token', token: workflowToken })

  const refused = forge
    .repository('acme', 'shop')
    .writeComment({ number, marker, body: 'one', isNewWanted: true })

  await expect(refused).rejects.toMatchObject({ code: 'FORGE_REFUSED', details: { status: 403 } })
  await expect(write('x'.repeat(65_536))).rejects.toMatchObject({ code: 'FORGE_REFUSED' })
  expect(shop.records.comments).toEqual([])
})
