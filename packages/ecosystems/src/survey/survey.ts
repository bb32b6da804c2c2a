/**
 * What a repository's manifests say, for somebody who sees it for the first time: what it publishes, what it needs,
 * which package managers it uses. Files are read as data: no manager is asked, nothing of theirs runs.
 *
 * Promise: a file that cannot be read is a problem with its name, and everything else is read all the same.
 */
import type { FileTree } from '../ports.ts'
import { type GemSurvey, surveyGems } from './gems.ts'
import { type NodeManifests, surveyNpm } from './npm.ts'
import { type SurveyProblem, tolerantTree } from './problems.ts'

export interface Survey extends NodeManifests {
  /** Null: there is neither a Gemfile at the top nor a gemspec. */
  readonly gems: GemSurvey | null
  readonly problems: readonly SurveyProblem[]
}

export async function surveyManifests(given: FileTree): Promise<Survey> {
  const problems = new Map<string, SurveyProblem>()
  const report = (problem: SurveyProblem): void => {
    // Several ask for the same file.
    if (!problems.has(problem.file)) problems.set(problem.file, problem)
  }
  const tree = tolerantTree(given, report)
  const { npm, needsBeside } = await surveyNpm(tree, report)
  const gems = await surveyGems(tree, report)
  return { npm, needsBeside, gems, problems: [...problems.values()] }
}
