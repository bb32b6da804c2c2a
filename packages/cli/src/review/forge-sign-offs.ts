import { type LanesConfig, parseLanesYaml } from '@conduct/config'
import { ConductError, isConductError } from '@conduct/core'
import type { ForgeRepository, PullRequest, Reading, Remark } from '@conduct/forge'
import { systemClock } from '@conduct/lanes/engine'
import type { SignOff } from '@conduct/review'
import type { CommandContext } from '../command.ts'
import { lookAtGit } from '../guard/git-look.ts'
import type { CommentedThread } from './comment.ts'
import { type Range, type ReadRevisions, textAt } from './read-revisions.ts'

export interface FoundSignOffs {
  readonly signOffs: readonly SignOff[]
  /** Why proofs may be missing that exist; one sentence each, without its full stop. */
  readonly problems: readonly string[]
}

/**
 * Captains who approved the pull request at the forge, each with what stood in lanes.yaml at its head. What counts is their last
 * word, for exactly that commit, under the account that the revision before knows them by; nobody vouches for what they opened.
 */
export async function readForgeSignOffs(
  context: CommandContext,
  {
    signers,
    revisions: { before, after, range },
    thread,
  }: {
    readonly signers: readonly string[]
    readonly revisions: ReadRevisions
    /** Null: nothing says which pull request it is. */
    readonly thread: CommentedThread | null
  },
): Promise<FoundSignOffs> {
  if (signers.length === 0 || range === null) return { signOffs: [], problems: [] }
  if (thread === null) {
    const problem = 'No pull request is named (--pull-request), so approvals at a forge were not looked at'
    return { signOffs: [], problems: [problem] }
  }
  const { config } = before ?? after
  try {
    const repository = await openRepository(context, thread)
    const name = `${repository.fullName}#${thread.number}`
    const pull = need(await repository.readPullRequest(thread.number), name)
    const vouched = configAt(range, pull, name)
    const remarks = need(
      await repository.readRemarks({ number: thread.number, kind: 'pull_request' }),
      `what was said on ${name}`,
    )
    return signers.reduce<FoundSignOffs>(
      (found, by) => {
        const account = config.people.get(by)?.forge ?? null
        const verdict =
          account === null
            ? `${by} has no forge account in the revision before, so no approval at a forge can be told to be theirs`
            : lastWord({ by, account, pull, name, remarks })
        if (typeof verdict === 'string') return { ...found, problems: [...found.problems, verdict] }
        const signOff: SignOff = { by, proof: 'forge_approval', reference: verdict.url, config: vouched }
        return { ...found, signOffs: [...found.signOffs, signOff] }
      },
      { signOffs: [], problems: [] },
    )
  } catch (failure) {
    if (!isConductError(failure)) throw failure
    return { signOffs: [], problems: [`Approvals at the forge are not known: ${plain(failure.message)}`] }
  }
}

/** Their approval; or why there is none that counts. */
function lastWord({
  by,
  account,
  pull,
  name,
  remarks,
}: {
  readonly by: string
  readonly account: string
  readonly pull: Pick<PullRequest, 'author' | 'head'>
  readonly name: string
  readonly remarks: readonly Remark[]
}): Remark | string {
  const isTheirs = (login: string | null): boolean => login?.toLowerCase() === account.toLowerCase()
  if (isTheirs(pull.author)) return `${by} opened ${name}, so that their approval of it is no sign-off`
  const words = remarks.filter(
    ({ kind, login, isBot, review }) =>
      kind === 'review' && isTheirs(login) && !isBot && review !== null && opinions.has(review),
  )
  const last = words.at(-1)
  if (last === undefined) return `${by} (${account}) has not approved ${name}`
  if (last.review === 'dismissed') return `The approval of ${by} on ${name} was dismissed`
  if (last.review !== 'approved') return `${by} asks for changes on ${name}`
  if (last.commit === pull.head) return last
  const commit = last.commit === null ? 'a commit that is gone' : short(last.commit)
  return `${by} approved ${name} at ${commit}, and its head is ${short(pull.head)} by now`
}

/** A comment takes nothing back. */
const opinions: ReadonlySet<string> = new Set(['approved', 'changes_requested', 'dismissed'])

/** What they vouched for: the file at the head of the pull request that this checkout is of. */
function configAt(range: Range, { head }: Pick<PullRequest, 'head'>, name: string): LanesConfig {
  const isHere = lookAtGit(range.folder, ['merge-base', '--is-ancestor', head, 'HEAD']).exit === 0
  const text = isHere ? textAt({ ...range, base: head }) : null
  const config = text === null ? null : parseLanesYaml({ file: head, text }).config
  if (config !== null) return config
  const why = isHere ? 'has no lanes.yaml that could be read' : 'is not in the history of this checkout'
  throw new ConductError('REVIEW_REVISION_UNKNOWN', `${short(head)}, the head of ${name}, ${why}`)
}

async function openRepository(
  context: CommandContext,
  { repository }: CommentedThread,
): Promise<ForgeRepository> {
  const { openForges } = await import('@conduct/forge')
  const ask = openForges({ env: context.env, clock: systemClock, signal: context.signal })
  const at = await ask(repository)
  if (at === null) throw new ConductError('PULL_REQUEST_UNKNOWN', `${repository.remote} has no forge`)
  return at.repository
}

function need<Value>(reading: Reading<Value>, what: string): Value {
  if (reading.state === 'present') return reading.value
  const why = reading.state === 'absent' ? 'there is none' : reading.reason
  throw new ConductError('FORGE_UNREACHABLE', `${what} could not be read: ${why}`)
}

function short(commit: string): string {
  return commit.slice(0, 7)
}

function plain(message: string): string {
  return message.replace(/\.$/, '')
}
