import type { Survey, SurveyOptions, TrainContext } from '../context.ts'

/**
 * Fetches every affected repo, in parallel, and freezes one commit of each.
 *
 * @throws ConductError REMOTE_UNREACHABLE (30) naming all that did not answer; SURVEY_REFUSED (3) with all reasons
 */
export async function surveyTrain(_context: TrainContext, _options: SurveyOptions = {}): Promise<Survey> {
  throw new Error('not built yet')
}
