import type { Remark, Vote, VoteCount } from './ports/remarks.ts'

export interface CountVotes {
  /** Logins that may approve. */
  readonly listed: readonly string[]
  readonly planHash: string
  /** What was said before anybody was asked says nothing about what is asked. RFC 3339. */
  readonly since: string
  /** Head of the pull request: a review counts only for the commit it was given for. Null: it is no pull request. */
  readonly head: string | null
}

/** Fewer characters of a hash could be met by another plan that somebody makes up. */
export const hashPrefixMin = 16

const command = /^\/conduct[ \t]+(approve|deny)(?:[ \t]+([0-9a-f]+))?(?:[ \t]+(.*))?$/gim

/**
 * Reads `/conduct approve <hash>` and `/conduct deny <hash> <reason>` out of comments and reviews, on a line of its own.
 * Only the words of a listed person count, about this plan, unchanged since they were written: whoever may write in a
 * repository may also edit what somebody else said there. A review's green tick without the line is about the code.
 */
export function countVotes(remarks: readonly Remark[], options: CountVotes): VoteCount {
  const listed = new Set(options.listed.map((login) => login.toLowerCase()))
  const votes: Vote[] = []
  const discarded: { login: string; url: string; because: string }[] = []
  for (const remark of remarks) {
    const [match, ...more] = unquoted(remark.text).matchAll(command)
    if (match === undefined) continue
    const because =
      more.length > 0
        ? 'it says several things at once'
        : objection({ remark, listed, hash: match[2] ?? '', options })
    const { login, url, at } = remark
    if (because !== null) {
      discarded.push({ login, url, because })
      continue
    }
    const says = match[1]?.toLowerCase() === 'deny' ? 'deny' : 'approve'
    votes.push({ says, login, at, note: match[3]?.trim() ?? '', url })
  }
  return { votes: votes.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)), discarded }
}

function objection(vote: {
  readonly remark: Remark
  readonly listed: ReadonlySet<string>
  readonly hash: string
  readonly options: CountVotes
}): string | null {
  const { remark, hash, options } = vote
  if (!vote.listed.has(remark.login.toLowerCase())) return `${remark.login} is not listed as approver`
  if (remark.isBot) return `${remark.login} is a bot`
  if (remark.isEdited) return 'the text was changed after it was written'
  if (remark.review === 'dismissed' || remark.review === 'pending') return `the review is ${remark.review}`
  if (Date.parse(remark.at) < Date.parse(options.since)) return 'it was said before anybody was asked'
  if (remark.kind === 'review' && (remark.commit === null || remark.commit !== options.head)) {
    return 'the review was given for another commit'
  }
  if (hash.length < hashPrefixMin)
    return `it names no plan; write at least ${hashPrefixMin} characters of its hash`
  return options.planHash.startsWith(hash.toLowerCase())
    ? null
    : `it is about plan ${hash.slice(0, 12)}, not this one`
}

/** Without quoted lines, code blocks and what is hidden: what somebody repeats is not what they say. */
function unquoted(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/<!--[^]*?(?:-->|$(?![^]))/g, '')
    .replaceAll(/^(`{3,}|~{3,})[^]*?(?:^\1|(?![^]))/gm, '')
    .replaceAll(/^[ \t]*>.*$/gm, '')
}
