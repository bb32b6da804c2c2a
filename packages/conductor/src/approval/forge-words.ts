import type { ApprovalRule, LanesConfig } from '@conduct/config'
import { type Approval, type Plan, toTimestamp } from '@conduct/core'
import { type Reading, countVotes, present, unknown } from '@conduct/forge'
import type { AskedFor, ForgePlace } from './forge-place.ts'
import { personOf } from './who-may-approve.ts'

export interface ForgeWords {
  readonly words: readonly Approval[]
  /** What looked like an answer and is none, with the reason. */
  readonly discarded: readonly string[]
}

/** What listed people have said at the place about this plan, as it stands there now. */
export async function readForgeWords(
  config: Pick<LanesConfig, 'people'>,
  place: ForgePlace,
  { plan, rule }: AskedFor,
): Promise<Reading<ForgeWords>> {
  const { at, number, kind, since, head } = place
  const [remarks, self] = await Promise.all([
    at.repository.readRemarks({ number, kind }),
    at.forge.identity(),
  ])
  if (remarks.state !== 'present') return remarks
  if (self.state !== 'present') {
    return self.state === 'unknown' ? self : unknown('the forge does not say who we are there')
  }
  const persons = approversByLogin(config, rule)
  const own = self.value.login.toLowerCase()
  const isOwnAllowed = rule.requesterMayApprove && persons.get(own) === personOf(config, plan.requestedBy)
  const { votes, discarded } = countVotes(remarks.value, {
    listed: [...persons.keys()],
    planHash: plan.hash,
    since,
    head,
  })
  const isOurs = (login: string) => !isOwnAllowed && login.toLowerCase() === own
  return present({
    words: votes.flatMap((vote) => {
      const by = persons.get(vote.login.toLowerCase())
      if (by === undefined || isOurs(vote.login)) return []
      const { login, url } = vote
      const verdict = vote.says === 'approve' ? 'approved' : 'denied'
      return [{ ...wordsOf(plan, rule, vote), by, verdict, proof: 'forge', login, url } as const]
    }),
    discarded: [
      ...discarded.map(({ url, because }) => `${url}: ${because}`),
      ...votes
        .filter(({ login }) => isOurs(login))
        .map(
          ({ url, login }) =>
            `${url}: conduct itself acts as ${login} at the forge, so that it proves nothing`,
        ),
    ],
  })
}

function wordsOf(plan: Plan, rule: ApprovalRule, vote: { readonly at: string; readonly note: string }) {
  return {
    format: 1,
    planId: plan.id,
    planHash: plan.hash,
    at: toTimestamp(Date.parse(vote.at)),
    expiresAt: toTimestamp(Date.parse(vote.at) + rule.expiresMs),
    note: vote.note === '' ? null : vote.note,
  } as const
}

/** Lower-case logins of the people who may; forges do not tell letters of different case apart. */
function approversByLogin(
  { people }: Pick<LanesConfig, 'people'>,
  rule: ApprovalRule,
): ReadonlyMap<string, string> {
  return new Map(
    rule.by.flatMap((person) => {
      const login = people.get(person)?.forge ?? null
      return login === null ? [] : [[login.toLowerCase(), person] as const]
    }),
  )
}
