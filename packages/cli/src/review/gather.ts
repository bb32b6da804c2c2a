import { type Evidence, questionsFor } from '@conduct/review'
import type { CommandContext } from '../command.ts'
import { readHistories } from './histories.ts'
import { readLaneUses } from './lane-uses.ts'
import type { ReadRevisions } from './read-revisions.ts'
import { readSignOffs } from './sign-offs.ts'

/** Asks git and the store what the review wants to know, and nothing else. What cannot be asked is said with its reason. */
export async function gather(context: CommandContext, revisions: ReadRevisions): Promise<Evidence> {
  const { before, after } = revisions
  const questions = questionsFor(before?.revision ?? null, after.revision)
  const [history, lanes] = await Promise.all([
    readHistories(context, { repos: questions.repos, revisions }),
    readLaneUses(context, { lanes: questions.lanes, before }),
  ])
  const { signOffs, problems } = readSignOffs(questions.signers, revisions)
  return { history, lanes, signOffs, signOffProblems: problems }
}
