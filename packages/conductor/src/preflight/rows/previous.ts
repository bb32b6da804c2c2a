import { canTellPrevious } from '../../deploy/way-back.ts'
import { green, notApplicable, type Row, unknown } from '../row.ts'

/** What runs at the target now could be read: it is what the deploy expects, and the way back. */
export const row: Row = {
  check: 'previous',
  over: 'consumer',
  async judge({ frozen }) {
    const { deploy } = frozen.consumer
    if (deploy.strategy.kind === 'none') return notApplicable('Nothing is deployed.')
    if (!canTellPrevious(deploy)) return notApplicable('No command says what runs now: there is no way back.')
    if (frozen.previousUnknown !== null) {
      return unknown('0 of 1 targets', `${frozen.previousUnknown}; make it say what runs now.`)
    }
    return green(
      '1 of 1 targets',
      frozen.previous === null ? 'First deploy: there will be no rollback.' : `${frozen.previous} runs now.`,
    )
  },
}
