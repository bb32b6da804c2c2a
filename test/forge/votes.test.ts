import { type Remark, countVotes } from '@conduct/forge'
import { expect, it } from 'vitest'
import { inRepo, openWorkshop } from './workshop.ts'

const planHash = '5d0e1a77c0ffee00'
const head = 'a'.repeat(40)
const options = { listed: ['Ana', 'bob'], planHash, since: '2026-06-01T12:00:00Z', head }

function remark(text: string, more: Partial<Remark> = {}): Remark {
  return {
    id: 1,
    kind: 'comment',
    login: 'ana',
    isBot: false,
    text,
    at: '2026-06-01T12:00:00Z',
    isEdited: false,
    review: null,
    commit: null,
    url: 'https://forge/1',
    ...more,
  }
}

it('reads comments and reviews, oldest first, and says which were changed', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  await shop.branch('plan', { from: await shop.head('main'), files: { plan: '1' } })
  const opened = await repository.openPullRequest({
    base: 'main',
    headBranch: 'plan',
    head: await shop.head('plan'),
    marker: '<!-- conduct: plan -->',
    title: 'Plan',
    body: '',
  })
  if (opened.outcome !== 'opened') throw new Error(opened.outcome)
  const { number } = opened.pullRequest
  shop.comment(number, {
    login: 'ana',
    body: 'one',
    at: '2026-06-01T12:00:03Z',
    editedAt: '2026-06-01T13:00:00Z',
  })
  const commit = await shop.head('plan')
  shop.review(number, { login: 'bob', body: 'two', state: 'APPROVED', at: '2026-06-01T12:00:01Z', commit })
  shop.comment(number, { login: 'bob', body: 'four', at: '2026-06-01T12:00:04Z', viaApp: true })
  shop.review(number, {
    login: 'eve',
    body: 'three',
    state: 'COMMENTED',
    at: '2026-06-01T12:00:02Z',
    editedAt: '2026-06-01T13:00:00Z',
  })

  const reading = await repository.readRemarks({ number, kind: 'pull_request' })

  expect(reading).toMatchObject({
    state: 'present',
    value: [
      { kind: 'review', login: 'bob', review: 'approved', isEdited: false, commit },
      { kind: 'review', login: 'eve', review: 'commented', isEdited: true },
      { kind: 'comment', login: 'ana', review: null, isEdited: true, isBot: false, commit: null },
      { kind: 'comment', login: 'bob', isBot: true },
    ],
  })
})

it('reads every page of what was said, or says that it could not', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const number = shop.addIssue('Approve plan 5d0e1a', [])
  for (let at = 0; at < 150; at += 1) shop.comment(number, { login: 'eve', body: `no. ${at}` })
  shop.comment(number, { login: 'ana', body: '/conduct approve 5d0e1a77c0ffee00' })

  const reading = await repository.readRemarks({ number, kind: 'issue' })
  github.misbehave(({ endpoint }) =>
    endpoint === `GET ${inRepo}/issues/{issue_number}/comments` ? { fault: 'status', status: 500 } : null,
  )
  const silent = await repository.readRemarks({ number, kind: 'issue' })

  expect(reading.state === 'present' && countVotes(reading.value, options).votes).toMatchObject([
    { login: 'ana', says: 'approve' },
  ])
  expect(silent.state).toBe('unknown')
})

it('counts the words of a listed person about this plan', () => {
  const count = countVotes(
    [
      remark('Fine with me.\n/conduct approve 5d0e1a77c0ffee00 go ahead\n', {
        login: 'ANA',
        at: '2026-06-01T12:00:02Z',
      }),
      remark('/conduct deny 5d0e1a77c0ffee00 not on a Friday', {
        login: 'bob',
        kind: 'review',
        review: 'changes_requested',
        commit: head,
        at: '2026-06-01T12:00:01Z',
      }),
      remark('Looks good to me'),
    ],
    options,
  )

  expect(count).toEqual({
    votes: [
      {
        says: 'deny',
        login: 'bob',
        at: '2026-06-01T12:00:01Z',
        note: 'not on a Friday',
        url: 'https://forge/1',
      },
      { says: 'approve', login: 'ANA', at: '2026-06-01T12:00:02Z', note: 'go ahead', url: 'https://forge/1' },
    ],
    discarded: [],
  })
})

it.each([
  [
    'of somebody unlisted',
    remark('/conduct approve 5d0e1a77c0ffee00', { login: 'eve' }),
    'eve is not listed as approver',
  ],
  [
    'of a bot with a listed name',
    remark('/conduct approve 5d0e1a77c0ffee00', { isBot: true }),
    'ana is a bot',
  ],
  [
    'that was changed afterwards',
    remark('/conduct approve 5d0e1a77c0ffee00', { isEdited: true }),
    'the text was changed after it was written',
  ],
  [
    'that was said before anybody was asked',
    remark('/conduct approve 5d0e1a77c0ffee00', { at: '2026-06-01T11:59:59Z' }),
    'it was said before anybody was asked',
  ],
  [
    'in a review of another commit',
    remark('/conduct approve 5d0e1a77c0ffee00', {
      kind: 'review',
      review: 'approved',
      commit: 'b'.repeat(40),
    }),
    'the review was given for another commit',
  ],
  [
    'in a review whose commit is gone',
    remark('/conduct approve 5d0e1a77c0ffee00', { kind: 'review', review: 'approved' }),
    'the review was given for another commit',
  ],
  [
    'and its opposite in one breath',
    remark('/conduct approve 5d0e1a77c0ffee00\n/conduct deny 5d0e1a77c0ffee00 not yet'),
    'it says several things at once',
  ],
  [
    'in a dismissed review',
    remark('/conduct approve 5d0e1a77c0ffee00', { review: 'dismissed' }),
    'the review is dismissed',
  ],
  [
    'without a plan',
    remark('/conduct approve'),
    'it names no plan; write at least 16 characters of its hash',
  ],
  [
    'with too little of its hash',
    remark('/conduct approve 5d0e1a77c0ffee0'),
    'it names no plan; write at least 16 characters of its hash',
  ],
  [
    'about another plan',
    remark('/conduct approve 77c0ffee77c0ffee'),
    'it is about plan 77c0ffee77c0, not this one',
  ],
])('discards a vote %s, and says so', (_, vote, because) => {
  expect(countVotes([vote], options)).toMatchObject({ votes: [], discarded: [{ because }] })
})

it.each([
  '> /conduct approve 5d0e1a77c0ffee00',
  '```\n/conduct approve 5d0e1a77c0ffee00\n```',
  'please write /conduct approve 5d0e1a77c0ffee00',
  '~~~\n/conduct approve 5d0e1a77c0ffee00',
  '<!--\n/conduct approve 5d0e1a77c0ffee00\n-->',
  '<!--\n/conduct approve 5d0e1a77c0ffee00',
])('does not take a quotation for a vote: %j', (text) => {
  expect(countVotes([remark(text)], options)).toEqual({ votes: [], discarded: [] })
})
