import { ConductError } from '@conduct/core'
import type { TrainContext } from '../context.ts'
import { type AskedFor, findPlace } from './forge-place.ts'

/** An issue that asked for an answer and has it is closed; one that stays open by mistake stops nobody. */
export async function closeRequest(
  context: Pick<TrainContext, 'config' | 'forge' | 'train' | 'emit'>,
  asked: AskedFor,
): Promise<void> {
  try {
    const place = await findPlace(context, asked)
    if (place.state !== 'present' || !place.value.isOwn) return
    await place.value.at.repository.closeIssue(place.value.number)
  } catch (error) {
    if (!(error instanceof ConductError)) throw error
    const message = `the issue that asked for an approval of plan ${asked.plan.id} stays open: ${error.message}`
    context.emit({ type: 'warning', code: error.code, message })
  }
}
