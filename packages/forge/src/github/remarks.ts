import type { Remark } from '../ports/remarks.ts'
import { type Reading, present, unknown } from '../reading.ts'
import type { Answer, GithubClient } from './client.ts'
import { unknownFrom } from './failures.ts'
import type { Place } from './place.ts'

/** The text of a review can be changed by others, and only GraphQL says whether it was. */
const readReviews = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviews(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { databaseId author { login kind: __typename } body state submittedAt lastEditedAt url commit { oid } }
      }
    }
  }
}`
const reviewPagesMax = 20

const reviewStates: Readonly<Record<string, NonNullable<Remark['review']>>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
  PENDING: 'pending',
}

interface RawAuthor {
  readonly user?: { readonly login: string; readonly type?: string } | null
  readonly performed_via_github_app?: object | null
}

interface RawReview {
  readonly databaseId: number | null
  readonly author: { readonly login: string; readonly kind: string } | null
  readonly body: string
  readonly state: string
  readonly submittedAt: string | null
  readonly lastEditedAt: string | null
  readonly url: string
  readonly commit: { readonly oid: string } | null
}

interface ReviewPage {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes: readonly RawReview[]
}

interface ReviewsAnswer {
  readonly repository: { readonly pullRequest: { readonly reviews: ReviewPage } | null } | null
}

/** Comments and reviews, oldest first. */
export async function readRemarks(
  client: GithubClient,
  place: Place,
  options: { readonly number: number; readonly kind: 'issue' | 'pull_request' },
): Promise<Reading<readonly Remark[]>> {
  const { number } = options
  const what = `reading what was said on ${number} of ${place.owner}/${place.repo}`
  const comments = await client.lookAll(what, (octokit, page) =>
    octokit.rest.issues.listComments({ ...place, ...page, issue_number: number }),
  )
  if (comments.kind !== 'ok') return unknownFrom(comments)
  const said: Remark[] = comments.data.map((comment) => ({
    id: comment.id,
    kind: 'comment',
    ...author(comment),
    text: comment.body ?? '',
    at: comment.created_at,
    isEdited: comment.updated_at !== comment.created_at,
    review: null,
    commit: null,
    url: comment.html_url,
  }))
  if (options.kind === 'pull_request') {
    const reviews = await readAllReviews(client, place, number)
    if (reviews.state !== 'present') return reviews
    said.push(...reviews.value)
  }
  return present(said.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)))
}

function author({ user, performed_via_github_app: app }: RawAuthor): Pick<Remark, 'login' | 'isBot'> {
  // A deleted account; GitHub itself shows it under this name.
  return { login: user?.login ?? 'ghost', isBot: user?.type === 'Bot' || (app ?? null) !== null }
}

async function readAllReviews(
  client: GithubClient,
  place: Place,
  number: number,
): Promise<Reading<readonly Remark[]>> {
  const what = `reading the reviews of ${number} of ${place.owner}/${place.repo}`
  const all: Remark[] = []
  let after: string | null = null
  for (let page = 1; page <= reviewPagesMax; page += 1) {
    const answer: Answer<ReviewsAnswer> = await client.graphql<ReviewsAnswer>(what, readReviews, {
      ...place,
      number,
      after,
    })
    if (answer.kind !== 'ok') return unknownFrom(answer)
    const reviews: ReviewPage | undefined = answer.data.repository?.pullRequest?.reviews
    if (reviews === undefined) return unknown(`${what}: it is not shown to us`)
    all.push(...reviews.nodes.map(toRemark))
    if (!reviews.pageInfo.hasNextPage) return present(all)
    after = reviews.pageInfo.endCursor
  }
  return unknown(`${what}: more than ${reviewPagesMax} pages, which is more than is read`)
}

function toRemark(review: RawReview): Remark {
  return {
    id: review.databaseId ?? 0,
    kind: 'review',
    login: review.author?.login ?? 'ghost',
    isBot: review.author !== null && review.author.kind !== 'User',
    text: review.body,
    at: review.submittedAt ?? '',
    isEdited: review.lastEditedAt !== null,
    review: reviewStates[review.state] ?? 'pending',
    commit: review.commit?.oid ?? null,
    url: review.url,
  }
}
