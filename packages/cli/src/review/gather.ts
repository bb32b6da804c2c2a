import { type Evidence, questionsFor } from '@conduct/review'
import type { CommandContext } from '../command.ts'
import type { CommentedThread } from './comment.ts'
import { readForgeSignOffs } from './forge-sign-offs.ts'
import { readHistories } from './histories.ts'
import { readLaneUses } from './lane-uses.ts'
import type { ReadRevisions } from './read-revisions.ts'
import { readSignOffs } from './sign-offs.ts'

/** Asks git and the store what the review wants to know, and nothing else. What cannot be asked is said with its reason. */
export async function gather(
  context: CommandContext,
  { revisions, thread }: { readonly revisions: ReadRevisions; readonly thread: CommentedThread | null },
): Promise<Evidence> {
  const { before, after } = revisions
  const questions = questionsFor(before?.revision ?? null, after.revision)
  const [history, lanes] = await Promise.all([
    readHistories(context, { repos: questions.repos, revisions }),
    readLaneUses(context, { lanes: questions.lanes, before }),
  ])
  const { signers } = questions
  const signed = readSignOffs(signers, revisions)
  const approved = await readForgeSignOffs(context, { signers, revisions, thread })
  return {
    history,
    lanes,
    signOffs: [...signed.signOffs, ...approved.signOffs],
    signOffProblems: [...signed.problems, ...approved.problems],
  }
}
